// A file and the state that it must stay in while something relies on what was found in it.

import { type FileHandle, open, stat } from 'node:fs/promises';

import type { ByteSource } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

export interface ShardFile {
  path: string;
  /** For messages: the path as it was given. For an unpacked shard that of the compressed one. */
  name: string;
  size: number;
  mtimeMs: number;
}

/** The file as it is now. Undefined where there is none; a SemmaeError where it cannot be read or is no file. */
export async function shardFileAt(path: string, name = path): Promise<ShardFile | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error(found.isDirectory() ? 'a folder' : 'something that is no file');
    return { path, name, size: found.size, mtimeMs: found.mtimeMs };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SemmaeError({ where: name, requirement: 'must be a readable file', got: cause, cause });
  }
}

/** Random access to a file that must stay as it was found: `bytes` throws a SemmaeError once it is another. */
export interface OpenShardFile extends ByteSource {
  close(): Promise<void>;
}

export async function openShardFile(file: ShardFile): Promise<OpenShardFile> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, 'r');
  } catch (cause) {
    throw gone(file, cause);
  }
  return {
    ...{ name: file.name, size: file.size },
    async bytes(start, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const reading = handle.read(bytes, done, length - done, start + done);
        const [{ bytesRead }, now] = await Promise.all([reading, handle.stat()]).catch((cause) => {
          throw gone(file, cause);
        });
        if (now.size !== file.size || now.mtimeMs !== file.mtimeMs || bytesRead === 0) {
          throw gone(file, `a file of ${now.size} bytes, changed ${now.mtime.toISOString()}`);
        }
        done += bytesRead;
      }
      return bytes.buffer;
    },
    close: () => handle.close(),
  };
}

function gone({ name, size }: ShardFile, got: unknown): SemmaeError {
  return new SemmaeError({
    where: name,
    requirement: `must stay the file of ${size} bytes that was opened`,
    got,
    remedy: 'open the data set again once its shards do not change any more',
    cause: got,
  });
}
