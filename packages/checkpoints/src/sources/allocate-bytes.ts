// Memory for what a file holds.

import { SemmaeError } from '@semmae/core';

/** A buffer of `length` bytes; a SemmaeError where there is no memory for it. */
export function allocateBytes(where: string, length: number): ArrayBuffer {
  try {
    return new ArrayBuffer(length);
  } catch (cause) {
    throw new SemmaeError({ where, requirement: 'what is read of it must fit memory', got: `${length} bytes`, cause });
  }
}
