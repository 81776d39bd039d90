// Reads a safetensors file as a whole, and nothing that is not exactly one.

import { readFile } from 'node:fs/promises';

import { SemmaeError } from '@semmae/core';

import type { StoredTensor, TensorFile, TypeCode } from './stored-tensor';

interface HeaderTensor {
  dtype: string;
  shape: number[];
  data_offsets: [begin: number, end: number];
}

const longestHeader = 64 * 2 ** 20;
const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/** Throws a SemmaeError of one line for a file that is missing, truncated, of another kind, or has types other than F32, I32, U8. */
export async function readSafetensors(path: string): Promise<TensorFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SemmaeError({ where: path, requirement: 'the file must be readable', got: cause, cause });
  });
  const length = bytes.length < 8 ? Number.NaN : Number(bytes.readBigUInt64LE());
  if (!(length <= longestHeader)) throw foreign(path, `${bytes.length} bytes of something else`);
  if (8 + length > bytes.length) throw truncated(path, 8 + length, bytes.length);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(path, bytes.toString('utf8', 8, 8 + length));
  const tensors = new Map<string, StoredTensor>();
  let end = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const [begin, stop] = assertEntry(path, name, entry);
    if (8 + length + stop > bytes.length) throw truncated(path, 8 + length + stop, bytes.length);
    const start = bytes.byteOffset + 8 + length;
    const copy = bytes.buffer.slice(start + begin, start + stop) as ArrayBuffer;
    tensors.set(name, { shape: entry.shape, values: new arrays[entry.dtype as TypeCode](copy) });
    end = Math.max(end, stop);
  }
  if (8 + length + end !== bytes.length) throw truncated(path, 8 + length + end, bytes.length);
  return { tensors, metadata };
}

function parseHeader(
  path: string,
  json: string,
): Record<string, HeaderTensor> & { __metadata__?: Record<string, string> } {
  try {
    const header: unknown = JSON.parse(json);
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header as never;
  } catch {
    // said below
  }
  throw foreign(path, 'a header that is no JSON object');
}

function assertEntry(path: string, name: string, entry: HeaderTensor): [begin: number, end: number] {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!(dtype in arrays)) {
    const requirement = `${name} must have one of the types ${Object.keys(arrays).join(', ')}`;
    throw new SemmaeError({ where: path, requirement, got: dtype });
  }
  const size = Array.isArray(shape) ? shape.reduce((product, extent) => product * extent, 1) : Number.NaN;
  const [begin, end] = Array.isArray(offsets) ? offsets : [0, Number.NaN];
  const itemBytes = arrays[dtype as TypeCode].BYTES_PER_ELEMENT;
  if (Number.isInteger(begin) && begin >= 0 && end - begin === size * itemBytes) return [begin, end];
  throw foreign(path, `${name} of shape [${shape}] at ${offsets}`);
}

function foreign(path: string, got: string): SemmaeError {
  return new SemmaeError({ where: path, requirement: 'the file must be in safetensors format', got });
}

function truncated(path: string, expected: number, got: number): SemmaeError {
  const remedy = 'it is truncated or damaged: copy or write it anew';
  return new SemmaeError({ where: path, requirement: `the file must have ${expected} bytes`, got, remedy });
}
