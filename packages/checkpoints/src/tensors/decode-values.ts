// From the bytes of a file to numbers.

import { SemmaeError } from '@semmae/core';

import { type TensorType, type TensorValues, tensorTypes } from './tensor-types';

/** Of which it may keep the buffer. Bytes of big-endian numbers are turned in place first. */
export function decodeValues(
  where: string,
  dtype: TensorType,
  buffer: ArrayBuffer,
  { bigEndian = false } = {},
): TensorValues {
  const { bytes, decode } = tensorTypes[dtype];
  try {
    if (bigEndian) turnBytes(buffer, bytes);
    return decode(buffer);
  } catch (cause) {
    const got = `${buffer.byteLength / bytes} values`;
    throw new SemmaeError({ where, requirement: `${dtype} must fit one typed array`, got, cause });
  }
}

function turnBytes(buffer: ArrayBuffer, width: number): void {
  const view = new DataView(buffer);
  for (let at = 0; at < buffer.byteLength; at += width) {
    if (width === 2) view.setUint16(at, view.getUint16(at), true);
    else if (width === 4) view.setUint32(at, view.getUint32(at), true);
    else if (width === 8) view.setBigUint64(at, view.getBigUint64(at), true);
  }
}
