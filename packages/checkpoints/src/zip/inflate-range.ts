// A range of a deflated record.

import { SemmaeError } from '@semmae/core';

import { allocateBytes } from '../sources/allocate-bytes';
import type { ByteSource } from '../sources/byte-source';
import { damaged } from './damaged';

const pieceBytes = 2 ** 18;

/**
 * Inflates from the beginning and keeps what is asked for, so that memory is the range and a piece.
 *
 * Throws a SemmaeError where the stream is damaged, or has another length than `size`.
 */
export async function inflateRange(
  source: ByteSource,
  { name, start, packedSize, size }: { name: string; start: number; packedSize: number; size: number },
  from: number,
  length: number,
): Promise<ArrayBuffer> {
  const to = from + length;
  const range = new Uint8Array(allocateBytes(source.name, length));
  const inflated = packedStream(source, start, packedSize)
    .pipeThrough(new DecompressionStream('deflate-raw'))
    .getReader();
  let done = 0;
  try {
    // a range that ends with the record is read to the end of the stream, which shows whether that is the end
    while (done <= size && (done < to || to === size)) {
      const { value: piece } = await inflated.read();
      if (piece === undefined) break;
      const first = Math.max(0, from - done);
      const last = Math.min(piece.length, to - done);
      if (first < last) range.set(piece.subarray(first, last), done + first - from);
      done += piece.length;
    }
  } catch (cause) {
    if (SemmaeError.isInstance(cause)) throw cause;
    throw damaged(source, `record ${name}, which does not inflate`, cause);
  } finally {
    await inflated.cancel().catch(() => undefined); // a stream that failed says so once more
  }
  if (done >= to && done <= size) return range.buffer;
  throw damaged(source, `record ${name} of another length than ${size} bytes`);
}

function packedStream(source: ByteSource, start: number, packedSize: number): ReadableStream<Uint8Array> {
  let done = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        const length = Math.min(pieceBytes, packedSize - done);
        if (length === 0) return controller.close();
        controller.enqueue(new Uint8Array(await source.bytes(start + done, length)));
        done += length;
      },
    },
    { highWaterMark: 1 },
  );
}
