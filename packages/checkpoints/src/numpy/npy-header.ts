// The header of a .npy file of one's own.

import { npyMagic } from './npy-array';

/** float32 and float64, little-endian. */
export type NpyType = '<f4' | '<f8';

/**
 * What comes before the values of a `.npy` file of version 1. Default: float32, row-major.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyHeader(
  shape: readonly number[],
  { type = '<f4', columnMajor = false }: { type?: NpyType; columnMajor?: boolean } = {},
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${columnMajor ? 'True' : 'False'}, 'shape': (${extents}), }`;
  const start = 64 * Math.ceil((10 + text.length + 1) / 64); // values begin at a multiple of 64 bytes, after a line feed
  const header = new Uint8Array(start);
  header.set([...npyMagic, 1, 0]);
  new DataView(header.buffer).setUint16(8, start - 10, true);
  header.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  return header;
}
