// Random access to the bytes of a file.

import { closeSync, createReadStream, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { SemmaeError } from '@semmae/core';

import { allocateBytes } from './allocate-bytes';
import type { ByteSource } from './byte-source';

export interface ByteFile extends ByteSource {
  bytesSync(start: number, length: number): ArrayBuffer;
  /** The rest of the file from `start` on, in pieces that are read ahead. */
  stream(start: number): AsyncIterable<Uint8Array>;
}

const readLater = promisify(read);

/** The system reads no more than 2 GiB at once. */
const longestRead = 2 ** 30;

/** Throws a SemmaeError for what is no file, or cannot be read. */
export function openByteFile(path: string): ByteFile {
  const descriptor = attempt(path, () => {
    const found = statSync(path); // asked first: to open a pipe may wait forever
    if (!found.isFile()) throw new Error(found.isDirectory() ? 'a folder' : 'something that is no file');
    return openSync(path, 'r');
  });
  let isOpen = true;
  const piece = (buffer: ArrayBuffer, done: number) =>
    new Uint8Array(buffer, done, Math.min(longestRead, buffer.byteLength - done));
  return {
    name: path,
    size: fstatSync(descriptor).size,
    async bytes(start, length) {
      const buffer = allocateBytes(path, length);
      for (let done = 0; done < length; ) {
        const into = piece(buffer, done);
        const reading = readLater(descriptor, into, 0, into.length, start + done);
        const { bytesRead } = await reading.catch((cause) => {
          throw unreadable(path, cause);
        });
        done += assertMore(path, bytesRead);
      }
      return buffer;
    },
    bytesSync(start, length) {
      const buffer = allocateBytes(path, length);
      for (let done = 0; done < length; ) {
        const into = piece(buffer, done);
        const read = attempt(path, () => readSync(descriptor, into, 0, into.length, start + done));
        done += assertMore(path, read);
      }
      return buffer;
    },
    beside: async (fileName) => openByteFile(join(dirname(path), fileName)),
    stream: (start) => createReadStream(path, { fd: descriptor, autoClose: false, start, highWaterMark: 2 ** 20 }),
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}

function assertMore(path: string, bytesRead: number): number {
  if (bytesRead > 0) return bytesRead;
  throw unreadable(path, 'one that became shorter while it was read');
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): SemmaeError {
  return new SemmaeError({ where: path, requirement: 'must be a readable file', got: cause, cause });
}
