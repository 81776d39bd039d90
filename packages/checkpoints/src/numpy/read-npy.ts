// Arrays of NumPy, alone or in a zip archive.

import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';
import { stridedFile } from '../tensors/strided-file';
import { assertStrided, type StridedTensor } from '../tensors/strided-tensor';
import type { TensorFile } from '../tensors/tensor-file';
import { byteLengthOf } from '../tensors/tensor-types';
import type { ZipRecord } from '../zip/read-zip';
import { type ForeignArray, npyArray } from './npy-array';

/** The one array of a `.npy` file, as the tensor `array`. */
export async function readNpy(source: ByteSource): Promise<TensorFile> {
  const array = await npyArray(source.name, 'it', source);
  if ('class' in array) {
    const requirement = 'must be an array of numbers';
    throw new SemmaeError({ where: source.name, requirement, got: `one of ${array.type}`, remedy: foreignRemedy });
  }
  assertWhole(source.name, 'it', array, source.size);
  return stridedFile(source, 'npy', new Map([['array', array]]), {});
}

/** The arrays of an `.npz` file by the names they were given. Those of other things than numbers, such as text, are extras of their type and shape. */
export async function readNpz(source: ByteSource, records: ReadonlyMap<string, ZipRecord>): Promise<TensorFile> {
  if (records.size > mostArrays) {
    throw new SemmaeError({
      where: source.name,
      requirement: `must have at most ${mostArrays} arrays`,
      got: records.size,
    });
  }
  const tensors = new Map<string, StridedTensor>();
  const extras: [string, ForeignArray][] = [];
  for (const [file, record] of records) {
    const name = file.slice(0, -'.npy'.length);
    const array = await npyArray(source.name, name, record);
    if ('class' in array) extras.push([name, array]);
    else {
      assertWhole(source.name, name, array, source.size);
      tensors.set(name, array);
    }
  }
  if (tensors.size > 0 || extras.length === 0) return stridedFile(source, 'npz', tensors, Object.fromEntries(extras));
  const got = `${extras[0]![0]} of ${extras[0]![1].type}`;
  throw new SemmaeError({ where: source.name, requirement: 'must have arrays of numbers', got, remedy: foreignRemedy });
}

/** Each is a read or more when the file is opened. Those of JAX have a few hundred. */
const mostArrays = 10_000;

const foreignRemedy = 'save arrays of float32 or another plain type; objects would need Python';

function assertWhole(where: string, name: string, array: StridedTensor, fileBytes: number): void {
  const expected = byteLengthOf(array.dtype, array.shape);
  if (array.storage.size !== expected) {
    const requirement = `${name} must have ${expected} bytes of values`;
    const remedy = 'it is truncated or damaged: copy or write it anew';
    throw new SemmaeError({ where, requirement, got: array.storage.size, remedy });
  }
  assertStrided(where, name, array, fileBytes);
}
