// Random access to the bytes of a file.

import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

import { SemmaeError } from '@semmae/core';

export interface ShardFile {
  readonly size: number;
  bytes(start: number, length: number): Promise<Buffer>;
  bytesSync(start: number, length: number): Buffer;
  close(): void;
}

const readLater = promisify(read);

export function openShardFile(path: string): ShardFile {
  const descriptor = openDescriptor(path);
  const whole = (buffer: Buffer, count: number) => {
    if (count === buffer.length) return buffer;
    throw new SemmaeError({ where: path, requirement: `${buffer.length} bytes must follow`, got: count });
  };
  return {
    size: fstatSync(descriptor).size,
    async bytes(start, length) {
      const buffer = Buffer.alloc(length);
      return whole(buffer, (await readLater(descriptor, buffer, 0, length, start)).bytesRead);
    },
    bytesSync(start, length) {
      const buffer = Buffer.alloc(length);
      return whole(buffer, readSync(descriptor, buffer, 0, length, start));
    },
    close: () => closeSync(descriptor),
  };
}

function openDescriptor(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new SemmaeError({
      where: 'openPartShard',
      requirement: `${path} must be a readable file`,
      got: cause instanceof Error ? cause.message : cause,
      remedy: 'write the part maps of your images with writePartShard first',
      cause,
    });
  }
}
