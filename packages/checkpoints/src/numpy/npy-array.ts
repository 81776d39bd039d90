// The array that a .npy file is.

import { SemmaeError } from '@semmae/core';

import { rowMajor, type StoredBytes, type StridedTensor } from '../tensors/strided-tensor';
import { numpyType } from './numpy-type';

export const npyMagic = Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'));

/** An array of other things than numbers. */
export interface ForeignArray {
  class: 'numpy.ndarray';
  type: string;
  shape: readonly number[];
}

const prefixBytes = 12;
/** NumPy itself reads 10,000. */
const longestHeader = 2 ** 16;

const number = String.raw`\d+L?`; // Python 2 has an L
const pattern = new RegExp(
  String.raw`^\{'descr': (?<type>'[^'\\]*'|\[.*\]|\(.*\)), 'fortran_order': (?<columnsFirst>True|False), ` +
    String.raw`'shape': \((?<shape>|${number},|${number}(?:, ${number})+)\), \}\s*$`,
  's',
);

/**
 * The array of a .npy file of version 1, 2 or 3 that `content` is.
 *
 * Throws a SemmaeError for what is none, or has another length than its header says.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export async function npyArray(
  where: string,
  name: string,
  content: Pick<StoredBytes, 'size' | 'bytes'>,
): Promise<StridedTensor | ForeignArray> {
  const prefix = new Uint8Array(await content.bytes(0, Math.min(prefixBytes, content.size)));
  const version = prefix[6]!;
  if (
    prefix.length < prefixBytes ||
    !npyMagic.every((byte, index) => prefix[index] === byte) ||
    version < 1 ||
    version > 3
  ) {
    throw unsound(where, name, 'none of version 1 to 3');
  }
  const view = new DataView(prefix.buffer);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > longestHeader || start + length > content.size)
    throw unsound(where, name, `a header of ${length} bytes`);
  const header = new TextDecoder().decode(await content.bytes(start, length));
  const { type, columnsFirst, shape: sizes } = pattern.exec(header)?.groups ?? {};
  if (type === undefined || sizes === undefined)
    throw unsound(where, name, `the header ${header.slice(0, 80).trimEnd()}`);
  const shape = sizes.split(',').flatMap((size) => (size === '' ? [] : [Number.parseInt(size, 10)]));
  const known = numpyType(type.slice(1, -1));
  if (known === undefined)
    return { class: 'numpy.ndarray', type: type.startsWith("'") ? type.slice(1, -1) : type, shape };
  const data = start + length;
  return {
    ...{ dtype: known.dtype, shape, offset: 0 },
    strides: columnsFirst === 'True' ? rowMajor(shape.toReversed()).reverse() : rowMajor(shape),
    storage: {
      size: content.size - data,
      bigEndian: known.bigEndian,
      bytes: (from, count) => content.bytes(data + from, count),
    },
  };
}

function unsound(where: string, name: string, got: string): SemmaeError {
  return new SemmaeError({ where, requirement: `${name} must be an array as NumPy writes it`, got });
}
