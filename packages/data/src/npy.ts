// Arrays in the files of NumPy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import { SemmaeError } from '@semmae/core';

/** Types that are read and written here. */
export type NpyType = '<f4' | '<f8';

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major, whatever the order in the file. */
  readonly values: Float32Array | Float64Array;
}

const magic = '\x93NUMPY';

/** What comes before the values of a file of format 1.0. Default: float32, row-major. */
export function npyHeader(
  shape: readonly number[],
  { type = '<f4', columnMajor = false }: { type?: NpyType; columnMajor?: boolean } = {},
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${columnMajor ? 'True' : 'False'}, 'shape': (${extents}), }`;
  const length = 64 * Math.ceil((10 + text.length + 1) / 64) - 10; // values begin at a multiple of 64 bytes, after a line feed
  const header = Uint8Array.from(`${magic}\x01\x00  ${text.padEnd(length - 1)}\n`, (letter) => letter.charCodeAt(0));
  new DataView(header.buffer).setUint16(8, length, true);
  return header;
}

/** The array in the bytes of a `.npy` file of little-endian float32 or float64; `name` is for messages. */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  if (start !== magic || bytes.length < 12) throw problem(name, 'be an array saved by NumPy', 'another kind of file');
  const lengthBytes = bytes[6] === 1 ? 2 : 4; // format 1.0; 2.0 and 3.0 allow longer headers
  const headerLength = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = 8 + lengthBytes + headerLength;
  const header = new TextDecoder('latin1').decode(bytes.subarray(8 + lengthBytes, dataStart));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const columnMajor = /'fortran_order':\s*(True|False)/.exec(header)?.[1] === 'True';
  const dimensions = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (dimensions === undefined) throw problem(name, 'have a whole header', header.slice(0, 80));
  if (type !== '<f4' && type !== '<f8') throw problem(name, 'hold little-endian float32 or float64', type);
  const shape = dimensions
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const bytesEach = type === '<f4' ? 4 : 8;
  if (bytes.length !== dataStart + bytesEach * count) {
    throw problem(name, `have ${dataStart + bytesEach * count} bytes`, bytes.length);
  }
  const data = new Uint8Array(bytes.subarray(dataStart)).buffer; // copied, so that it is aligned; a Buffer's slice would not be
  const stored = type === '<f4' ? new Float32Array(data) : new Float64Array(data);
  return { shape, values: columnMajor ? toRowMajor(stored, shape) : stored };
}

function toRowMajor<T extends Float32Array | Float64Array>(stored: T, shape: readonly number[]): T {
  const values = stored.slice() as T;
  const places = shape.map(() => 0);
  for (let target = 0; target < values.length; target++) {
    const source = places.reduceRight((position, place, axis) => position * shape[axis]! + place, 0);
    values[target] = stored[source]!;
    for (let axis = shape.length - 1; axis >= 0 && ++places[axis]! === shape[axis]; axis--) places[axis] = 0;
  }
  return values;
}

function problem(name: string, rule: string, got: unknown): SemmaeError {
  return new SemmaeError({ where: 'readNpy', requirement: `${name} must ${rule}`, got });
}
