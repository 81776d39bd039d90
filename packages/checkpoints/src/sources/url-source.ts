// Random access to a file on a server, by range requests.

import { SemmaeError } from '@semmae/core';

import { allocateBytes } from './allocate-bytes';
import type { ByteSource } from './byte-source';

export interface UrlSourceOptions {
  /** Sent with every request, for example `authorization`. */
  headers?: Readonly<Record<string, string>>;
}

/** Small reads, of headers mostly, share blocks of this many bytes, the last few of which are kept. */
const blockBytes = 2 ** 16;
const blocksKept = 4;

/**
 * Opens an address with a request for its first bytes. Each read is one more, of no other bytes than the blocks that they are in.
 *
 * Throws a SemmaeError where there is no such file, the server ignores ranges, or the file changes between reads.
 */
export async function urlSource(url: string | URL, { headers = {} }: UrlSourceOptions = {}): Promise<ByteSource> {
  const name = String(url);
  const closing = new AbortController();
  const { size, tag } = await requestSize();
  const blocks = new Map<number, Promise<ArrayBuffer>>();

  async function bytes(start: number, length: number): Promise<ArrayBuffer> {
    const [first, last] = [Math.floor(start / blockBytes), Math.floor((start + length - 1) / blockBytes)];
    if (length === 0) return new ArrayBuffer(0);
    if (first !== last) return request(start, length);
    const block = blocks.get(first) ?? request(first * blockBytes, Math.min(blockBytes, size - first * blockBytes));
    blocks.delete(first);
    blocks.set(first, block); // the last that was used
    if (blocks.size > blocksKept) blocks.delete(blocks.keys().next().value!);
    block.catch(() => blocks.delete(first));
    return (await block).slice(start - first * blockBytes, start - first * blockBytes + length);
  }

  /** From the answer to a request for one byte; a server that has less says so as well. */
  async function requestSize(): Promise<{ size: number; tag: string | null }> {
    const response = await fetchRange(0, 1);
    await response.body?.cancel();
    const [, total] = /^bytes (?:0-0|\*)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (total !== undefined) return { size: Number(total), tag: response.headers.get('etag') };
    const remedy =
      'the server must show the header Content-Range to this page; otherwise download the file, and open it as a Blob';
    throw new SemmaeError({ where: name, requirement: 'must tell its length', got: 'an answer without it', remedy });
  }

  async function request(start: number, length: number): Promise<ArrayBuffer> {
    const response = await fetchRange(start, length);
    const range = response.headers.get('content-range');
    const newTag = response.headers.get('etag');
    if (range !== `bytes ${start}-${start + length - 1}/${size}` || newTag !== tag) {
      await response.body?.cancel();
      const got = newTag === tag ? `the range ${range}` : 'another version';
      throw new SemmaeError({ where: name, requirement: `must give ${length} bytes from ${start} on`, got });
    }
    return read(response, length);
  }

  async function fetchRange(start: number, length: number): Promise<Response> {
    const range = `bytes=${start}-${start + length - 1}`;
    const response = await fetch(url, { headers: { ...headers, range }, signal: closing.signal }).catch((cause) => {
      throw unreachable(cause);
    });
    if (response.status === 206 || (response.status === 416 && start === 0)) return response;
    await response.body?.cancel();
    if (response.status !== 200) throw unreachable(`status ${response.status} ${response.statusText}`.trimEnd());
    const remedy = 'download the file, and open it as a Blob';
    throw new SemmaeError({ where: name, requirement: 'must answer range requests', got: 'the whole file', remedy });
  }

  /** Exactly so many bytes, whatever the server sends. */
  async function read(response: Response, length: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(allocateBytes(name, length));
    let done = 0;
    const body = response.body!.getReader();
    try {
      for (let piece = await body.read(); !piece.done; piece = await body.read()) {
        if (done + piece.value.length > length) throw new Error('more bytes than were asked for');
        bytes.set(piece.value, done);
        done += piece.value.length;
      }
      if (done < length) throw new Error(`${done} of ${length} bytes`);
    } catch (cause) {
      await body.cancel().catch(() => undefined);
      throw unreachable(cause);
    }
    return bytes.buffer;
  }

  function unreachable(cause: unknown): SemmaeError {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause; // fetch failed: why
    return new SemmaeError({ where: name, requirement: 'must be a file that can be read', got: reason, cause });
  }

  return {
    ...{ name, size, bytes },
    beside: (fileName) => urlSource(new URL(fileName, url), { headers }),
    close: () => closing.abort(new Error('closed')),
  };
}
