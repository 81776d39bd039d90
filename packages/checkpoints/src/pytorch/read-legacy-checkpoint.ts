// Checkpoints of PyTorch before 1.6: pickles that follow one another, then the storages.

import { SemmaeError } from '@semmae/core';

import { PickleEnded } from '../pickle/pickle-reader';
import { isKind, type PickleValue } from '../pickle/pickle-values';
import { pairsOf } from '../pickle/python-values';
import { type Unpickled, unpickle } from '../pickle/unpickle';
import type { ByteSource } from '../sources/byte-source';
import { stridedFile } from '../tensors/strided-file';
import type { StoredBytes } from '../tensors/strided-tensor';
import type { TensorFile } from '../tensors/tensor-file';
import { longestPickle } from './longest-pickle';
import { type StorageReference, storageReference } from './storage-reference';
import { tensorTree } from './tensor-tree';

/** Read first; the pickle of a ViT has about 100 bytes for each tensor. */
const firstRead = 2 ** 16;
/** Number of values, before those of each storage. */
const countBytes = 8;

/** The first of its pickles. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
/** An integer of 10 bytes in a pickle. */
const magicBytes = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Whether a file that begins so may be one: the number stands behind the protocol, and in newer ones the length of a frame. */
export function isLegacyCheckpoint(head: Uint8Array): boolean {
  return [2, 11].some((start) => magicBytes.every((byte, index) => head[start + index] === byte));
}

/** Of a file with five pickles, of the magic number, a version, the system, the checkpoint and the keys of the storages, and with these. */
export async function readLegacyCheckpoint(source: ByteSource): Promise<TensorFile> {
  const where = source.name;
  const magic = await unpickleAt(source, 0);
  const version = await unpickleAt(source, magic.end);
  const system = await unpickleAt(source, version.end);
  const checkpoint = await unpickleAt(source, system.end);
  const keys = await unpickleAt(source, checkpoint.end);
  const isLittle = pairsOf(system.value)?.find(([key]) => key === 'little_endian')?.[1];
  if (
    magic.value !== magicNumber ||
    version.value !== 1001 ||
    typeof isLittle !== 'boolean' ||
    !isKind(keys.value, 'list')
  ) {
    throw new SemmaeError({ where, requirement: 'must be a checkpoint of PyTorch in its old format', got: 'another' });
  }
  const { starts, end } = placeStorages(where, keys.value.items, checkpoint, keys.end);
  if (end !== source.size) {
    const remedy = 'it is truncated or damaged: copy or write it anew';
    throw new SemmaeError({ where, requirement: `must have ${end} bytes`, got: source.size, remedy });
  }
  function storageOf({ key, size, bytes }: StorageReference): StoredBytes {
    const start = starts.get(key)!;
    return { size: size * bytes, bigEndian: !isLittle, bytes: (from, length) => source.bytes(start + from, length) };
  }
  const { entries, extras } = tensorTree({ where, fileBytes: source.size, storageOf }, checkpoint.value);
  return stridedFile(source, 'pytorch', entries, extras);
}

/** Where the values of each storage begin, and where the last end. */
function placeStorages(
  where: string,
  keys: readonly PickleValue[],
  { references }: Unpickled,
  firstStart: number,
): { starts: ReadonlyMap<string, number>; end: number } {
  const storages = new Map<PickleValue, StorageReference>();
  for (const reference of references) {
    const storage = storageReference(where, reference);
    if (storage === undefined) continue;
    const known = storages.get(storage.key) ?? storage;
    if (known.size * known.bytes !== storage.size * storage.bytes) throw unsound(where, `two sizes for ${storage.key}`);
    storages.set(storage.key, known);
  }
  const starts = new Map<string, number>();
  let end = firstStart;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || starts.has(storage.key)) throw unsound(where, 'other keys than those');
    starts.set(storage.key, end + countBytes);
    end += countBytes + storage.size * storage.bytes;
  }
  if (starts.size !== storages.size) throw unsound(where, `${starts.size} of ${storages.size}`);
  return { starts, end };
}

function unsound(where: string, got: string): SemmaeError {
  return new SemmaeError({ where, requirement: 'must have every storage that its tensors are in, once', got });
}

/** Reads more and more until the pickle ends, since nothing tells its length. Ends count from the beginning of the file. */
async function unpickleAt(source: ByteSource, start: number): Promise<Unpickled> {
  for (let length = firstRead; ; length *= 4) {
    const available = Math.min(length, source.size - start, longestPickle);
    try {
      const { end, ...unpickled } = unpickle(source.name, new Uint8Array(await source.bytes(start, available)));
      return { ...unpickled, end: start + end };
    } catch (error) {
      if (!(error instanceof PickleEnded) || available < length) throw error;
    }
  }
}
