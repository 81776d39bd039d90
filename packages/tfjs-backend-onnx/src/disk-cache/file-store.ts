// A folder of files by key: bounded in size, written whole or not at all, verified when read.

import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface FileStore {
  /** The contents under `key`; undefined where there are none, or where they are not what was written. */
  read(key: string): Buffer | undefined;
  /** Lets `save` write a file under the path it is given, and keeps that under `key`. Throws what the file system throws. */
  write<T>(key: string, save: (path: string) => T): T;
}

/** Files end with the SHA-256 of what stands before it, in raw bytes. */
const digestLength = 32;

/** Older drafts were left by killed processes: no graph takes that long to write. */
const abandonedAfterMilliseconds = 3_600_000;

/** A store in `folder` of at most `limit` bytes, least recently used first out. The folder is made at the first write. */
export function createFileStore(folder: string, limit: number): FileStore {
  const pathOf = (key: string) => join(folder, `${key}.onnx`);
  return {
    read(key) {
      const path = pathOf(key);
      if (!existsSync(path)) return undefined;
      const bytes = readFileSync(path);
      const contents = bytes.subarray(0, Math.max(0, bytes.length - digestLength));
      if (!digestOf(contents).equals(bytes.subarray(contents.length))) return undefined;
      markUsed(path);
      return contents;
    },
    write(key, save) {
      makeFolders(folder);
      const draft = join(folder, `${key}.${randomUUID()}.draft`);
      try {
        const result = save(draft);
        appendFileSync(draft, digestOf(readFileSync(draft)));
        replaceFile(draft, pathOf(key));
        prune(folder, limit);
        return result;
      } finally {
        rmSync(draft, { force: true });
      }
    },
  };
}

/** Two processes may do this at once; the last one wins. Windows refuses while another process reads the file, which then exists already. */
function replaceFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function digestOf(contents: Uint8Array): Buffer {
  return createHash('sha256').update(contents).digest();
}

/** The time of the last use; a folder that may only be read keeps its times. */
function markUsed(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // read-only: fine
  }
}

/** `mkdir -p`, one folder at a time: Node's recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 }); // files from here are executed with this user's rights
  } catch (error) {
    if (!existsSync(path)) throw error; // another process was quicker
  }
}

function prune(folder: string, limit: number): void {
  const oldest = Date.now() - abandonedAfterMilliseconds;
  let total = 0;
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}; // another process may prune too
    return size === undefined || mtimeMs === undefined
      ? []
      : [{ path, size, mtimeMs, isDraft: name.endsWith('.draft') }];
  });
  for (const { path, size, mtimeMs, isDraft } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    if (isDraft && mtimeMs > oldest) continue; // somebody is writing it
    total += size;
    if (isDraft || total > limit) rmSync(path, { force: true });
  }
}
