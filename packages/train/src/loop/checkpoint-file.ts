// The checkpoint format: safetensors (u64 header length, JSON header, raw little-endian values) with a SHA-256 of everything.
// https://huggingface.co/docs/safetensors, so that other tools can read the weights.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

import { SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

import { writeAtomically } from './write-atomically';

const formatVersion = '1';
const checksumPlaceholder = '0'.repeat(64);
const codes = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;
const longestHeader = 64 * 2 ** 20;
const readSize = 8 * 2 ** 20;

type StoredValues = Float32Array | Int32Array | Uint8Array;

export interface CheckpointEntry {
  dtype: keyof typeof codes;
  shape: number[];
}

/** A verified checkpoint, open for reading. */
export interface CheckpointReader {
  /** Free text by key; the trainer keeps its state as JSON in it. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, CheckpointEntry>;
  read(name: string): Promise<StoredValues>;
  close(): Promise<void>;
}

interface HeaderTensor {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Writes tensors by name, one at a time, so that no second copy of the model is held in memory. Replaces `path` atomically. */
export async function writeCheckpoint(
  path: string,
  tensors: ReadonlyMap<string, tf.Tensor>,
  metadata: Record<string, string>,
  beforeReplacing?: () => Promise<void>,
): Promise<void> {
  const header = encodeHeader(tensors, metadata);
  await writeAtomically(
    path,
    async (file) => {
      const hash = createHash('sha256').update(header);
      await writeFully(file, header);
      for (const [name, tensor] of tensors) {
        const bytes = bytesOf(await tensor.data());
        assertFiniteValues(path, name, bytes, tensor.dtype);
        hash.update(bytes);
        await writeFully(file, bytes);
      }
      await file.write(
        Buffer.from(hash.digest('hex')),
        0,
        checksumPlaceholder.length,
        header.indexOf(checksumPlaceholder),
      );
    },
    beforeReplacing,
  );
}

/** Opens a checkpoint and verifies every byte of it. A truncated, altered or foreign file is a one-line SemmaeError. */
export async function openCheckpoint(path: string): Promise<CheckpointReader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const header = await readHeader(path, file, size);
    const { __metadata__: metadata = {}, ...tensors } = parseHeader(path, header);
    if (metadata.format !== 'semmae-checkpoint' || metadata.version !== formatVersion) {
      throw damaged(
        path,
        `a checkpoint of format version ${formatVersion}`,
        metadata.version ?? 'another kind of file',
      );
    }
    const dataLength = Object.values(tensors).reduce((end, { data_offsets }) => Math.max(end, data_offsets[1]), 0);
    if (size !== header.length + dataLength)
      throw damaged(path, `a file of ${header.length + dataLength} bytes`, `${size} bytes`);
    await verifyChecksum(path, file, header, metadata.sha256 ?? '');
    return {
      metadata,
      entries: new Map(
        Object.entries(tensors).map(([name, { dtype, shape }]) => [name, { dtype: dtypeOf(path, dtype), shape }]),
      ),
      async read(name) {
        const { dtype, data_offsets } = tensors[name]!;
        const bytes = await readExactly(file, header.length + data_offsets[0], data_offsets[1] - data_offsets[0]);
        return valuesOf(bytes, dtypeOf(path, dtype));
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function encodeHeader(tensors: ReadonlyMap<string, tf.Tensor>, metadata: Record<string, string>): Buffer {
  // The checksum comes first, so that its place in the header is the first run of 64 zeros.
  const header: Record<string, unknown> = {
    __metadata__: { sha256: checksumPlaceholder, format: 'semmae-checkpoint', version: formatVersion, ...metadata },
  };
  let offset = 0;
  for (const [name, { dtype, shape, size }] of tensors) {
    if (!(dtype in codes))
      throw new SemmaeError({ where: 'checkpoint', requirement: `${name} must be float32, int32 or bool`, got: dtype });
    const end = offset + size * (dtype === 'bool' ? 1 : 4);
    header[name] = { dtype: codes[dtype as keyof typeof codes], shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const length = Math.ceil(Buffer.byteLength(json) / 8) * 8; // safetensors aligns the values to 8 bytes
  const encoded = Buffer.alloc(8 + length, ' ');
  encoded.writeBigUInt64LE(BigInt(length));
  encoded.write(json, 8);
  return encoded;
}

async function readHeader(path: string, file: FileHandle, size: number): Promise<Buffer> {
  if (size < 8) throw damaged(path, 'a checkpoint file', `${size} bytes`);
  const length = Number((await readExactly(file, 0, 8)).readBigUInt64LE());
  if (length > longestHeader || 8 + length > size) throw damaged(path, 'a complete header', `${size} bytes`);
  return readExactly(file, 0, 8 + length);
}

function parseHeader(
  path: string,
  header: Buffer,
): Record<string, HeaderTensor> & { __metadata__?: Record<string, string> } {
  try {
    return JSON.parse(header.toString('utf8', 8));
  } catch (cause) {
    throw damaged(path, 'a header in JSON', cause);
  }
}

async function verifyChecksum(path: string, file: FileHandle, header: Buffer, expected: string): Promise<void> {
  const blank = Buffer.from(header);
  blank.write(checksumPlaceholder, Math.max(0, blank.indexOf(expected)));
  const hash = createHash('sha256').update(blank);
  const { size } = await file.stat();
  for (let position = header.length; position < size; position += readSize) {
    hash.update(await readExactly(file, position, Math.min(readSize, size - position)));
  }
  if (hash.digest('hex') !== expected) throw damaged(path, 'the bytes that were written', 'another checksum');
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(readSize, length - done), position + done);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, Math.min(readSize, bytes.length - done))).bytesWritten;
  }
}

function bytesOf(values: StoredValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function valuesOf(bytes: Buffer, dtype: keyof typeof codes): StoredValues {
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  if (dtype === 'bool') return new Uint8Array(copy);
  return dtype === 'int32' ? new Int32Array(copy) : new Float32Array(copy);
}

function dtypeOf(path: string, code: string): keyof typeof codes {
  const found = (Object.keys(codes) as (keyof typeof codes)[]).find((dtype) => codes[dtype] === code);
  if (found === undefined) throw damaged(path, `values of ${Object.values(codes).join(', ')}`, code);
  return found;
}

/** A checkpoint is what training returns to when it went wrong, so it must not hold the wreck. */
function assertFiniteValues(path: string, name: string, bytes: Uint8Array, dtype: tf.DataType): void {
  if (dtype !== 'float32') return;
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index === -1) return;
  throw new SemmaeError({
    where: path,
    requirement: `${name} must be finite to be saved`,
    got: values[index],
    remedy: 'the checkpoint before it is kept; lower the learning rate or clip gradients',
  });
}

function damaged(path: string, expected: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where: path,
    requirement: `the checkpoint must be ${expected}`,
    got,
    remedy: 'it is damaged or incomplete',
  });
}
