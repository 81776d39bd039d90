// One content of the hub into its place in the cache: where a download broke off, the next one goes on.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import { SemmaeError } from '@semmae/core';
import { type FileLock, lockHolder, orUnwritable, takeLock } from '@semmae/core/files';

import { broken, type HubConnection, HubUnreachable } from './hub-connection';

export interface BlobDownload {
  connection: HubConnection;
  url: string;
  /** Where it is kept when it is complete and sound; until then at `<target>.node.incomplete`. */
  target: string;
  size: number;
  /** Of the content: SHA-256 of a large file, git's SHA-1 of a small one. */
  hash: { algorithm: 'sha256' | 'git'; digest: string };
  /** Attempts after one that brought nothing. */
  retries: number;
  /** Bytes that are there. */
  onProgress(done: number): void;
}

const pollInMs = 200;
/** A connection without a byte is given up before. */
const longestSilenceInMs = 600_000;

/**
 * Returns when `target` is there, whoever has downloaded it. What is there of it stays when the connection breaks or the signal
 * is aborted, and is removed when the disk is full or the content is not what it should be.
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const { target, connection } = download;
  const draft = `${target}.node.incomplete`;
  const lock = await waitForLock(`${draft}.lock`, draft, download);
  try {
    if (existsSync(target)) return;
    const resumed = sizeOf(draft) > 0;
    try {
      await fillAndCheck(draft, download);
    } catch (error) {
      if (!resumed || !(error instanceof OtherContent)) throw error;
      await fillAndCheck(draft, download); // its beginning may have been another's
    }
    await orUnwritable({ where: connection.address.text, path: target }, () => rename(draft, target));
  } finally {
    lock.release();
  }
}

class OtherContent extends SemmaeError {}

async function fillAndCheck(draft: string, download: BlobDownload): Promise<void> {
  const { connection, size, hash, url } = download;
  await fill(draft, download);
  const found = sizeOf(draft) === size ? await digestOf(draft, size, hash.algorithm) : `${sizeOf(draft)} bytes`;
  if (found === hash.digest) return;
  await rm(draft);
  const requirement = `${url} must give ${size} bytes of hash ${hash.digest}`;
  throw new OtherContent({
    where: connection.address.text,
    requirement,
    got: found,
    remedy: 'nothing was kept; the file changed on its way: try again, or over another network',
  });
}

/** Fetches what is missing, over as many connections as it takes. */
async function fill(draft: string, download: BlobDownload): Promise<void> {
  const { connection, size, retries } = download;
  for (let fruitless = 0; ; ) {
    const done = sizeOf(draft);
    if (done > 0 && done >= size) return;
    try {
      return await append(draft, done, download);
    } catch (error) {
      if (!(error instanceof HubUnreachable)) throw error;
      fruitless = sizeOf(draft) > done ? 0 : fruitless + 1;
      if (fruitless > retries) throw error;
      await setTimeout(fruitless * 1000, undefined, { signal: connection.signal }).catch(() => {}); // the next request sees it
    }
  }
}

async function append(draft: string, start: number, download: BlobDownload): Promise<void> {
  const { connection, url, onProgress, size } = download;
  const response = await connection.fetch(url, start > 0 ? { headers: { Range: `bytes=${start}-` } } : {});
  let done = response.status === 206 ? start : 0; // a server may not know ranges
  const write = <T>(action: () => Promise<T>) =>
    orUnwritable({ where: connection.address.text, path: draft }, action).catch(async (error: unknown) => {
      await rm(draft, { force: true });
      throw error;
    });
  const file = await write(() => open(draft, done > 0 ? 'a' : 'w'));
  try {
    for await (const bytes of piecesOf(response, connection)) {
      await write(() => file.appendFile(bytes));
      done += bytes.length;
      if (done > size) return; // not what it should be
      onProgress(done);
    }
    await write(() => file.sync());
  } finally {
    await file.close();
  }
}

async function* piecesOf(response: Response, connection: HubConnection): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of response.body ?? []) yield bytes as Uint8Array;
  } catch (cause) {
    throw broken(connection, cause);
  }
}

async function waitForLock(path: string, draft: string, download: BlobDownload): Promise<FileLock> {
  const { address, signal } = download.connection;
  for (;;) {
    const lock = takeLock(path, address.text);
    if (lock !== undefined) return lock;
    await setTimeout(pollInMs, undefined, { signal }).catch(() => {});
    signal?.throwIfAborted();
    download.onProgress(Math.min(sizeOf(draft), download.size));
    const holder = lockHolder(path);
    if (holder === undefined || Date.now() - newest(path, draft) < longestSilenceInMs) continue;
    throw new SemmaeError({
      where: address.text,
      requirement: 'the process that downloads it must make progress',
      got: `nothing new from process ${holder.pid} on ${holder.host}`,
      remedy: `if it is long gone, delete ${path}`,
    });
  }
}

/** Milliseconds at which any of the files was written last. */
function newest(...paths: string[]): number {
  return Math.max(...paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function digestOf(path: string, size: number, algorithm: 'sha256' | 'git'): Promise<string> {
  const hash = createHash(algorithm === 'git' ? 'sha1' : 'sha256');
  if (algorithm === 'git') hash.update(`blob ${size}\0`);
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(bytes);
  return hash.digest('hex');
}
