// Opens a safetensors file on disk, and compares it with its checksum.

import { createHash } from 'node:crypto';

import { SemmaeError } from '@semmae/core';

import { type ByteFile, openByteFile } from '../sources/byte-file';
import type { TensorValues } from '../tensors/tensor-types';
import { blankChecksum, checksumPlace } from './checksum';
import { readSafetensors, type SafetensorsTensors } from './read-safetensors';

export interface SafetensorsFile extends SafetensorsTensors {
  /** `readRange` at once. */
  readRangeSync(name: string, begin: number, end: number): TensorValues;
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
    const { dataStart, rangeOf, ...tensors } = await readSafetensors(file);
    const { metadata } = tensors;
    if (format !== undefined && metadata.format !== format) {
      const got = metadata.format ?? 'another kind of file';
      throw new SemmaeError({ where: path, requirement: `must be a file of the kind ${format}`, got });
    }
    if (verify) await verifyChecksum(path, file, dataStart, metadata.sha256);
    return {
      ...tensors,
      readRangeSync(name, begin, end) {
        const { start, length, decode } = rangeOf(name, begin, end);
        return decode(file.bytesSync(start, length));
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
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
