// The files of samples as a tar archive.

import type { FileHandle } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';

import { packTar } from 'modern-tar';

import type { Compression } from './decompress';
import type { SampleFile } from './sample-files';
import { tarBlock } from './tar-header';

/** Writes an archive of all samples, in their order. The same samples give the same bytes at any time. */
export async function writeTar(
  samples: AsyncIterable<SampleFile[]>,
  target: FileHandle,
  compression: Compression | undefined,
): Promise<void> {
  const write = async (pieces: AsyncIterable<Uint8Array>) => {
    for await (const piece of pieces) await target.writeFile(piece);
  };
  if (compression === undefined) await pipeline(tarPieces(samples), write);
  else await pipeline(tarPieces(samples), encoderOf(compression), write);
}

/** Packed at a time: one long stream of small files makes the queue of a web stream slow. */
const pieceBytes = 2 ** 20;
/** Two blocks of zeros end an archive. */
const endBytes = 2 * tarBlock;

/** An archive in pieces, each itself an archive but for its end. */
async function* tarPieces(samples: AsyncIterable<SampleFile[]>): AsyncGenerator<Uint8Array, void> {
  let [files, bytes] = [[] as SampleFile[], 0];
  const pack = async () =>
    packTar(
      files.map(({ name, bytes: body }) => ({
        header: { name, size: body.length, mode: 0o644, mtime: new Date(0) },
        body,
      })),
    );
  for await (const sample of samples) {
    files.push(...sample);
    bytes += sample.reduce((sum, file) => sum + file.bytes.length, 0);
    if (bytes < pieceBytes && files.length < pieceBytes / tarBlock) continue;
    yield (await pack()).subarray(0, -endBytes);
    [files, bytes] = [[], 0];
  }
  yield await pack();
}

function encoderOf(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGzip();
  const { createZstdCompress } = zlib as typeof zlib & { createZstdCompress?: () => Transform };
  return createZstdCompress!(); // `packShards` refuses zstd where Node has none
}

/** What a file of `length` bytes takes in an archive: its header, and its content padded to whole blocks. */
export function tarBytes(length: number): number {
  return tarBlock + Math.ceil(length / tarBlock) * tarBlock;
}
