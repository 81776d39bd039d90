// Names the content of a set of tensors.

import { createHash } from 'node:crypto';

import { bytesOf, type StoredTensor, typeCode } from './stored-tensor';

/** SHA-256 of names, types, shapes and values in 64 hexadecimal digits; the order of the map does not matter. */
export function tensorHash(tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = createHash('sha256');
  for (const name of [...tensors.keys()].sort()) {
    const { shape, values } = tensors.get(name)!;
    hash.update(`${JSON.stringify([name, typeCode(values), shape])}\n`).update(bytesOf(values));
  }
  return hash.digest('hex');
}
