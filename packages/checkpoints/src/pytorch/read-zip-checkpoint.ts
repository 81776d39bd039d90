// Checkpoints of PyTorch 1.6 and newer: a zip archive of a pickle and a record for each storage.

import { SemmaeError } from '@semmae/core';

import { unpickle } from '../pickle/unpickle';
import type { ByteSource } from '../sources/byte-source';
import { stridedFile } from '../tensors/strided-file';
import type { StoredBytes } from '../tensors/strided-tensor';
import type { TensorFile } from '../tensors/tensor-file';
import type { ZipRecord } from '../zip/read-zip';
import { longestPickle } from './longest-pickle';
import type { StorageReference } from './storage-reference';
import { tensorTree } from './tensor-tree';

/**
 * Of the records `<root>/data.pkl`, `<root>/data/<key>` and, since PyTorch 2.1, `<root>/byteorder`.
 *
 * Reference: https://docs.pytorch.org/docs/stable/notes/serialization.html
 */
export async function readZipCheckpoint(
  source: ByteSource,
  records: ReadonlyMap<string, ZipRecord>,
  pickleName: string,
): Promise<TensorFile> {
  const where = source.name;
  const root = pickleName.slice(0, -'data.pkl'.length);
  const pickle = records.get(pickleName)!;
  if (pickle.size > longestPickle) {
    const requirement = `must have a pickle of at most ${longestPickle} bytes`;
    throw new SemmaeError({ where, requirement, got: `${pickle.size} in ${pickleName}` });
  }
  const order = await byteOrder(where, records.get(`${root}byteorder`));
  const { value } = unpickle(where, new Uint8Array(await pickle.bytes(0, pickle.size)));
  const storages = new Map<string, StoredBytes>();

  function storageOf({ key, size, bytes, type }: StorageReference): StoredBytes {
    const known = storages.get(key);
    const record = records.get(`${root}data/${key}`);
    const storage = known ?? (record && { size: record.size, bytes: record.bytes, bigEndian: order === 'big' });
    if (storage === undefined || storage.size < size * bytes) {
      const requirement = `must have the ${size * bytes} bytes of its storage ${key}, a ${type}`;
      throw new SemmaeError({ where, requirement, got: storage?.size ?? 'no such record' });
    }
    storages.set(key, storage);
    return storage;
  }
  const { entries, extras } = tensorTree({ where, fileBytes: source.size, storageOf }, value);
  return stridedFile(source, 'pytorch', entries, extras);
}

async function byteOrder(where: string, record: ZipRecord | undefined): Promise<'little' | 'big'> {
  if (record === undefined) return 'little';
  const order = new TextDecoder().decode(await record.bytes(0, Math.min(record.size, 16)));
  if (order === 'little' || order === 'big') return order;
  throw new SemmaeError({ where, requirement: 'must have little or big as its order of bytes', got: order });
}
