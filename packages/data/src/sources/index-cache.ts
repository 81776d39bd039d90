// What was found out about files, kept between runs: a second opening of a large data set reads one file.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

import { replaceFileSync } from '@semmae/core/files';

export interface IndexKey {
  /** What is indexed: kind, absolute path, and every option that changes the index. */
  of: readonly unknown[];
  /** Of what the index says something, such as size and time of change: an index of another state is not used. */
  state: readonly unknown[];
}

export interface IndexCache {
  /** The index that was kept; undefined where there is none of this state, or a damaged one. */
  read<T>(key: IndexKey): T | undefined;
  /** Keeps plain values and typed arrays. Where the folder takes none, all goes on without, and is slower the next time. */
  write(key: IndexKey, index: unknown): void;
}

/** Raised with every change of what an index holds. */
const version = 1;

const unusedMilliseconds = 60 * 24 * 3600 * 1000;
const digestLength = 32;

/** The indices in `folder` (`dataCacheFolder()`); one that keeps nothing where it is false. Those unused for 60 days are removed. */
export function indexCache(folder: string | false): IndexCache {
  if (folder === false) return { read: () => undefined, write: () => undefined };
  const indices = join(folder, 'indices');
  const pathOf = ({ of }: IndexKey) => join(indices, `${digest(JSON.stringify(of)).toString('hex', 0, 16)}.index`);
  const stateOf = (key: IndexKey) => JSON.stringify([version, ...key.of, ...key.state]);
  let isTidy = false;
  return {
    read<T>(key: IndexKey) {
      try {
        const content = readFileSync(pathOf(key));
        const [sum, body] = [content.subarray(0, digestLength), content.subarray(digestLength)];
        if (!sum.equals(digest(body))) return undefined;
        const kept = deserialize(body) as { state: string; index: T };
        if (kept.state !== stateOf(key)) return undefined;
        markUsed(pathOf(key));
        return kept.index;
      } catch {
        return undefined; // it is made again
      }
    },
    write(key, index) {
      const body = serialize({ state: stateOf(key), index });
      try {
        replaceFileSync(pathOf(key), Buffer.concat([digest(body), body]));
        if (!isTidy) removeUnused(indices);
        isTidy = true;
      } catch {
        // a full disk, or a folder of another user
      }
    },
  };
}

/** Says by the time of access that a file of the cache is in use, whatever the file system does by itself. */
export function markUsed(path: string): void {
  try {
    utimesSync(path, new Date(), statSync(path).mtime);
  } catch {
    // of another user, or on a file system that is only read: nobody removes it either
  }
}

/** Removes what has not been used for 60 days, such as unfinished files of processes that were killed. */
export function removeUnused(folder: string): void {
  const latest = Date.now() - unusedMilliseconds;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && Math.max(found.atimeMs, found.mtimeMs) < latest) rmSync(path, { force: true });
  }
}

function digest(content: Uint8Array | string): Buffer {
  return createHash('sha256').update(content).digest();
}
