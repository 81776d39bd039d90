// Reads a safetensors file by ranges: header at once, values when they are asked for.

import { createHash } from 'node:crypto';

import { assertOneOf, SemmaeError } from '@semmae/core';

import { type ByteFile, openByteFile } from './byte-file';
import { blankChecksum, checksumPlace } from './checksum';
import { foreign, parseHeader, type SafetensorsHeader, type TensorEntry } from './parse-header';
import { type TensorValues, tensorTypes } from './tensor-types';

export interface SafetensorsFile {
  readonly path: string;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors in the order of the header. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** All values of a tensor, in row-major order. */
  read(name: string): Promise<TensorValues>;
  /** The values from `begin` up to but not including `end`, counted over the whole tensor. */
  readRange(name: string, begin: number, end: number): Promise<TensorValues>;
  readRangeSync(name: string, begin: number, end: number): TensorValues;
  close(): void;
}

export interface OpenSafetensorsOptions {
  /** What the entry `format` of the metadata must be, so that another kind of file is refused as such. */
  format?: string;
  /**
   * Whether to compare all bytes with the SHA-256 that `writeSafetensors({ checksum: true })` left in the metadata, in one pass over
   * the file. Default false.
   */
  verify?: boolean;
}

/** As safetensors itself bounds it. */
const longestHeader = 100_000_000;

/**
 * Throws a SemmaeError of one line for a path that is no readable file, and for a file that is truncated, damaged or of another kind.
 *
 * Reference: https://huggingface.co/docs/safetensors
 */
export async function openSafetensors(
  path: string,
  { format, verify = false }: OpenSafetensorsOptions = {},
): Promise<SafetensorsFile> {
  const file = openByteFile(path);
  try {
    const header = await readHeader(path, file);
    const { metadata, entries, dataBytes } = parseHeader(path, header);
    if (format !== undefined && metadata.format !== format) {
      const got = metadata.format ?? 'another kind of file';
      throw new SemmaeError({ where: path, requirement: `must be a file of the kind ${format}`, got });
    }
    const dataStart = 8 + header.byteLength;
    if (file.size !== dataStart + dataBytes) throw incomplete(path, dataStart + dataBytes, file.size);
    if (verify) await verifyChecksum(path, file, dataStart, metadata.sha256);
    return reader(path, file, { metadata, entries, dataStart });
  } catch (error) {
    file.close();
    throw error;
  }
}

function reader(
  path: string,
  file: ByteFile,
  { metadata, entries, dataStart }: Pick<SafetensorsHeader, 'metadata' | 'entries'> & { dataStart: number },
): SafetensorsFile {
  function rangeOf(name: string, first?: number, last?: number) {
    assertOneOf(path, 'the tensor', name, [...entries.keys()]);
    const { dtype, begin, end } = entries.get(name)!;
    const { bytes, decode } = tensorTypes[dtype];
    const [from, to] = [begin + (first ?? 0) * bytes, last === undefined ? end : begin + last * bytes];
    if (from < begin || to > end || !(to >= from)) {
      const requirement = `values of ${name} must be asked for in 0..${(end - begin) / bytes}`;
      throw new SemmaeError({ where: path, requirement, got: `${first}..${last}` });
    }
    return { start: dataStart + from, length: to - from, decode };
  }
  async function read(name: string, first?: number, last?: number): Promise<TensorValues> {
    const { start, length, decode } = rangeOf(name, first, last);
    return decode(await file.bytes(start, length));
  }
  return {
    path,
    metadata,
    entries,
    read: (name) => read(name),
    readRange: read,
    readRangeSync(name, first, last) {
      const { start, length, decode } = rangeOf(name, first, last);
      return decode(file.bytesSync(start, length));
    },
    close: () => file.close(),
  };
}

async function readHeader(path: string, file: ByteFile): Promise<ArrayBuffer> {
  if (file.size < 8) throw foreign(path, `${file.size} bytes`);
  const length = Number(new DataView(await file.bytes(0, 8)).getBigUint64(0, true));
  if (length < 2 || length > longestHeader) throw foreign(path, `${file.size} bytes of something else`);
  if (8 + length > file.size) throw incomplete(path, `at least ${8 + length}`, file.size);
  return file.bytes(8, length);
}

async function verifyChecksum(path: string, file: ByteFile, dataStart: number, expected?: string): Promise<void> {
  const header = Buffer.from(await file.bytes(0, dataStart));
  header.write(blankChecksum, 8 + checksumPlace);
  const hash = createHash('sha256').update(header);
  for await (const bytes of file.stream(dataStart)) hash.update(bytes);
  if (hash.digest('hex') === expected) return;
  throw new SemmaeError({
    where: path,
    requirement: 'must hold the bytes that were written',
    got: expected === undefined ? 'no checksum' : 'another checksum',
    remedy: 'it is damaged or was edited: copy or write it anew',
  });
}

function incomplete(path: string, expected: number | string, got: number): SemmaeError {
  const remedy = 'it is truncated or damaged: copy or write it anew';
  return new SemmaeError({ where: path, requirement: `must have ${expected} bytes`, got, remedy });
}
