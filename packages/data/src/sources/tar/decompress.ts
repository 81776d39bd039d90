// Compressed archives as plain bytes.

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';

import { SemmaeError } from '@semmae/core';
import { Decompress, type ZstdError, ZstdErrorCode } from 'fzstd';

import type { ShardFile } from './shard-file';

export type Compression = 'gzip' | 'zstd';

/** How a file is compressed, by its first bytes; undefined for none. Throws a SemmaeError for what is not read here. */
export async function compressionOf({ path, name }: ShardFile): Promise<Compression | undefined> {
  const handle = await open(path, 'r');
  const { buffer } = await handle.read(Buffer.alloc(18), 0, 18, 0).finally(() => handle.close());
  const head = buffer.toString('hex');
  if (head.startsWith('1f8b')) return 'gzip';
  if (head.startsWith('28b52ffd')) {
    assertWindow(name, zstdWindow(buffer));
    return 'zstd';
  }
  const other = head.startsWith('425a68') ? 'bzip2' : head.startsWith('fd377a585a00') ? 'xz' : undefined;
  if (other === undefined) return undefined;
  throw new SemmaeError({
    where: name,
    requirement: 'must be a tar archive, plain or compressed by gzip or zstd',
    got: other,
    remedy: 'compress it anew, or not at all: images are compressed already',
  });
}

export interface DecompressOptions {
  /** Bytes that all shards may take together, and how many of them are left; a SemmaeError is thrown where they do not suffice. */
  budget: { bytes: number; left: number };
  signal?: AbortSignal | undefined;
}

/** Writes what `file` holds into `target`. Gives what is wrong with the file where it is damaged; what comes before is written. */
export async function decompress(
  file: ShardFile,
  compression: Compression,
  target: FileHandle,
  { budget, signal }: DecompressOptions,
): Promise<string | undefined> {
  async function write(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      budget.left -= chunk.length;
      if (budget.left < 0) throw tooLarge(file, budget.bytes);
      await target.writeFile(chunk);
    }
  }
  const input = createReadStream(file.path, { highWaterMark: pieceLength });
  try {
    await pipeline(input, compression === 'gzip' ? gzipDecoder() : zstdDecoder(), write, { signal });
    return undefined;
  } catch (error) {
    const { code, message } = error as { code?: string | number; message: string };
    if (typeof code === 'number' || /^(Z_|ZSTD_)/.test(code ?? '')) return message;
    throw error;
  }
}

const pieceLength = 2 ** 18;

/** A file that ends too early is no error here: the archive inside shows it, and nothing of what can be read is lost. */
function gzipDecoder(): Transform {
  return zlib.createGunzip({ chunkSize: pieceLength, finishFlush: zlib.constants.Z_SYNC_FLUSH });
}

/** In JavaScript, in every Node: its own decoder (22.15 and later) ends in silence after the first of several frames. */
function zstdDecoder(): Transform {
  const attempt = (work: () => void, done: (error?: Error) => void) => {
    try {
      work();
    } catch (error) {
      return done(Object.assign(error as Error, { code: (error as ZstdError).code ?? ZstdErrorCode.InvalidData }));
    }
    done();
  };
  const decoder: Decompress = new Decompress((chunk) => stream.push(chunk.slice()));
  const stream: Transform = new Transform({
    transform: (chunk: Uint8Array, _, done) => attempt(() => decoder.push(chunk), done),
    flush: (done) => attempt(() => decoder.push(new Uint8Array(), true), done),
  });
  return stream;
}

function tooLarge({ name }: ShardFile, bytes: number): SemmaeError {
  return new SemmaeError({
    where: name,
    requirement: `compressed shards must take at most ${bytes} bytes when they are unpacked`,
    got: 'more',
    remedy: 'raise unpackBytes, or unpack them yourself: images are compressed already',
  });
}

/** What zstd itself decodes unless it is told otherwise. The decoder here moves the whole window for every block. */
const largestWindow = 2 ** 27;

function assertWindow(where: string, bytes: number): void {
  if (bytes <= largestWindow) return;
  throw new SemmaeError({
    where,
    requirement: `zstd must look back at most ${largestWindow} bytes`,
    got: bytes,
    remedy: 'compress it without --long, or unpack it yourself',
  });
}

/** How far back a frame refers, in bytes: its window, or its content where that is one segment. Reference: RFC 8878, 3.1.1.1 */
function zstdWindow(head: Buffer): number {
  const descriptor = head[4]!;
  const isOneSegment = (descriptor & 0x20) !== 0;
  if (!isOneSegment) return (1 + (head[5]! & 7) / 8) * 2 ** (10 + (head[5]! >> 3));
  const start = 5 + [0, 1, 2, 4][descriptor & 3]!; // behind the number of a dictionary
  const length = [1, 2, 4, 8][descriptor >> 6]!;
  return length === 8 ? Number(head.readBigUInt64LE(start)) : head.readUIntLE(start, length) + (length === 2 ? 256 : 0);
}
