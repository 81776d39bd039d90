// What is wrong with an archive.

import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';

export function damaged(source: ByteSource, got: string, cause?: unknown): SemmaeError {
  const remedy = 'it is truncated or damaged: copy or write it anew';
  return new SemmaeError({ where: source.name, requirement: 'must be a whole zip archive', got, remedy, cause });
}
