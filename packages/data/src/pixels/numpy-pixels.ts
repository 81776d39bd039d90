// Pixels in a .npy file.

import { bufferSource, openTensorFile, type TensorEntry, type TensorValues } from '@semmae/checkpoints/browser';
import { SemmaeError } from '@semmae/core';

import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

export interface NumpyArray extends TensorEntry {
  /** All values in row-major order; those of 64-bit integers as doubles. */
  read(): Promise<NumberArray>;
}

/** The array of a .npy file. Throws Undecodable for one that is damaged, or of other things than numbers. */
export async function numpyArray(bytes: Uint8Array): Promise<NumpyArray> {
  try {
    const file = await openTensorFile(bufferSource(bytes, 'the array'));
    const entry = file.entries.get('array')!;
    return { ...entry, read: async () => withoutBigIntegers(await file.read('array')) };
  } catch (error) {
    if (!SemmaeError.isInstance(error)) throw error;
    const kind = /bytes of values|header of/.test(error.requirement + error.got) ? 'truncated' : 'unrecognized';
    throw new Undecodable(kind, error.message, error);
  }
}

function withoutBigIntegers(values: TensorValues): NumberArray {
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float64Array.from(values, Number)
    : values;
}
