// Opens a file of tensors whose container is told by its bytes. Runs in a browser as well.

import { SemmaeError } from '@semmae/core';

import { nameFormat } from './name-format';
import { npyMagic } from './numpy/npy-array';
import { readNpy, readNpz } from './numpy/read-npy';
import { isLegacyCheckpoint, readLegacyCheckpoint } from './pytorch/read-legacy-checkpoint';
import { readZipCheckpoint } from './pytorch/read-zip-checkpoint';
import { longestHeader, readSafetensors } from './safetensors/read-safetensors';
import { readShards } from './safetensors/read-shards';
import type { ByteSource } from './sources/byte-source';
import type { TensorFile } from './tensors/tensor-file';
import { namedArchive } from './zip/named-archive';
import { readZip } from './zip/read-zip';

const headBytes = 512;
const brace = 0x7b;
const whitespace = [0x20, 0x09, 0x0a, 0x0d];
const zipMagic = Uint8Array.of(0x50, 0x4b);

/**
 * Takes over the source, which is closed with the file or when this throws.
 *
 * Throws a SemmaeError of one line for a file that is truncated, damaged or of another kind.
 */
export async function readTensorFile(source: ByteSource): Promise<TensorFile> {
  return opened(source, (head) => (isJson(head) ? readShards(source, readContainer) : fromContainer(source, head)));
}

/** Without indexes, which could name themselves. */
function readContainer(source: ByteSource): Promise<TensorFile> {
  return opened(source, (head) => fromContainer(source, head));
}

async function opened(source: ByteSource, open: (head: Uint8Array) => Promise<TensorFile>): Promise<TensorFile> {
  try {
    return await open(new Uint8Array(await source.bytes(0, Math.min(headBytes, source.size))));
  } catch (error) {
    source.close();
    throw error;
  }
}

async function fromContainer(source: ByteSource, head: Uint8Array): Promise<TensorFile> {
  if (isSafetensors(head)) return readSafetensors(source);
  if (beginsWith(head, zipMagic)) return readArchive(source);
  if (isLegacyCheckpoint(head)) return readLegacyCheckpoint(source);
  if (beginsWith(head, npyMagic)) return readNpy(source);
  const { got, remedy } = nameFormat(source.name, head) ?? { got: `${source.size} bytes of something else` };
  const requirement = 'must be a file of tensors: safetensors, a checkpoint of PyTorch, .npz or .npy';
  throw new SemmaeError({ where: source.name, requirement, got, remedy });
}

async function readArchive(source: ByteSource): Promise<TensorFile> {
  const records = await readZip(source);
  const archive = namedArchive(source.name, [...records.keys()]);
  if (archive.kind === 'npz') return readNpz(source, records);
  return readZipCheckpoint(source, records, archive.pickle);
}

function isJson(head: Uint8Array): boolean {
  // the length of a safetensors header may look like spaces, or have the byte of a brace
  return !isSafetensors(head) && head.find((byte) => !whitespace.includes(byte)) === brace;
}

/** A length that can be one, and an object of JSON. */
function isSafetensors(head: Uint8Array): boolean {
  if (head.length < 9) return false;
  return new DataView(head.buffer).getBigUint64(0, true) <= longestHeader && head[8] === brace;
}

function beginsWith(head: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => head[index] === byte);
}
