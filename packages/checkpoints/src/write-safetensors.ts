// Writes tensors to a safetensors file: u64 header length, JSON header, raw little-endian values.

import { type FileHandle, open, rename, rm } from 'node:fs/promises';

import { assertLength, SemmaeError } from '@semmae/core';

import { bytesOf, type StoredTensor, type TensorFile, typeCode } from './stored-tensor';

/**
 * Writes `path` beside itself first, flushes and renames: afterwards it is the new file or what it was before.
 *
 * Throws a SemmaeError when a tensor's values do not fill its shape or are not finite, and when the path cannot be written.
 *
 * Reference: https://huggingface.co/docs/safetensors
 */
export async function writeSafetensors(path: string, { tensors, metadata }: TensorFile): Promise<void> {
  for (const [name, tensor] of tensors) assertWritable(path, name, tensor);
  const draft = `${path}.partial`;
  try {
    const file = await open(draft, 'w');
    try {
      await writeFully(file, encodeHeader(tensors, metadata));
      for (const { values } of tensors.values()) await writeFully(file, bytesOf(values));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw new SemmaeError({
      where: path,
      requirement: 'the file must be writable',
      got: cause,
      remedy: 'choose another place, or free some space',
      cause,
    });
  }
}

function encodeHeader(tensors: TensorFile['tensors'], metadata: TensorFile['metadata']): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: typeCode(values), shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = JSON.stringify(header);
  const length = Math.ceil(Buffer.byteLength(json) / 8) * 8; // safetensors aligns the values to 8 bytes
  const encoded = Buffer.alloc(8 + length, ' ');
  encoded.writeBigUInt64LE(BigInt(length));
  encoded.write(json, 8);
  return encoded;
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

function assertWritable(path: string, name: string, { shape, values }: StoredTensor): void {
  assertLength(
    path,
    name,
    values,
    shape.reduce((product, extent) => product * extent, 1),
  );
  const wrong = values.findIndex((value: number) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new SemmaeError({ where: path, requirement: `${name} must be finite to be saved`, got: values[wrong] });
}
