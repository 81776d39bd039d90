// The tensors of a safetensors file, read by ranges: the header at once, values when they are asked for.

import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';
import { decodeValues } from '../tensors/decode-values';
import { namedEntry } from '../tensors/named-entry';
import type { TensorFile } from '../tensors/tensor-file';
import { type TensorValues, tensorTypes } from '../tensors/tensor-types';
import { foreign, parseHeader, type StoredTensor } from './parse-header';

export interface SafetensorsTensors extends TensorFile {
  readonly container: 'safetensors';
  readonly entries: ReadonlyMap<string, StoredTensor>;
  /** The values from `begin` up to but not including `end`, counted over the whole tensor. */
  readRange(name: string, begin: number, end: number): Promise<TensorValues>;
}

/** Where values stand in the file, and how they are read. */
export interface StoredRange {
  start: number;
  length: number;
  decode: (bytes: ArrayBuffer) => TensorValues;
}

/** As safetensors itself bounds it. */
export const longestHeader = 100_000_000;

/**
 * Throws a SemmaeError of one line for a file that is truncated, damaged or of another kind. The source is closed with the file.
 *
 * Reference: https://huggingface.co/docs/safetensors
 */
export async function readSafetensors(
  source: ByteSource,
): Promise<
  SafetensorsTensors & { dataStart: number; rangeOf: (name: string, begin?: number, end?: number) => StoredRange }
> {
  const path = source.name;
  const header = await readHeader(source);
  const { metadata, entries, dataBytes } = parseHeader(path, header);
  const dataStart = 8 + header.byteLength;
  if (source.size !== dataStart + dataBytes) throw incomplete(path, dataStart + dataBytes, source.size);

  function rangeOf(name: string, first?: number, last?: number): StoredRange {
    const { dtype, begin, end } = namedEntry(path, entries, name);
    const { bytes } = tensorTypes[dtype];
    const [from, to] = [begin + (first ?? 0) * bytes, last === undefined ? end : begin + last * bytes];
    if (from < begin || to > end || !(to >= from) || (from - begin) % bytes !== 0 || (to - begin) % bytes !== 0) {
      const requirement = `values of ${name} must be asked for in 0..${(end - begin) / bytes}`;
      throw new SemmaeError({ where: path, requirement, got: `${first}..${last}` });
    }
    return { start: dataStart + from, length: to - from, decode: (buffer) => decodeValues(path, dtype, buffer) };
  }
  async function read(name: string, first?: number, last?: number): Promise<TensorValues> {
    const { start, length, decode } = rangeOf(name, first, last);
    return decode(await source.bytes(start, length));
  }
  return {
    ...{ path, container: 'safetensors', metadata, entries, extras: {}, dataStart, rangeOf },
    read: (name) => read(name),
    readRange: read,
    close: () => source.close(),
  };
}

async function readHeader(source: ByteSource): Promise<ArrayBuffer> {
  const { name, size } = source;
  if (size < 8) throw foreign(name, `${size} bytes`);
  const length = Number(new DataView(await source.bytes(0, 8)).getBigUint64(0, true));
  if (length < 2 || length > longestHeader) throw foreign(name, `${size} bytes of something else`);
  if (8 + length > size) throw incomplete(name, `at least ${8 + length}`, size);
  return source.bytes(8, length);
}

function incomplete(path: string, expected: number | string, got: number): SemmaeError {
  const remedy = 'it is truncated or damaged: copy or write it anew';
  return new SemmaeError({ where: path, requirement: `must have ${expected} bytes`, got, remedy });
}
