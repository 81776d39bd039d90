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
  const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0).finally(() => handle.close());
  const head = buffer.toString('hex');
  if (head.startsWith('1f8b')) return 'gzip';
  if (head.startsWith('28b52ffd')) return 'zstd';
  const other = head.startsWith('425a68') ? 'bzip2' : head === 'fd377a585a00' ? 'xz' : undefined;
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
    if (code === ZstdErrorCode.WindowSizeTooLarge) throw windowTooLarge(file, error);
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

function windowTooLarge({ name }: ShardFile, cause: unknown): SemmaeError {
  return new SemmaeError({
    where: name,
    requirement: 'zstd must have a window of at most 2 GB',
    got: 'a longer one',
    remedy: 'compress it without --ultra and --long, or unpack it yourself',
    cause,
  });
}
