// The files that weights in shards consist of.

import { posix } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { shardNames } from '../safetensors/read-shards';
import { openByteFile } from '../sources/byte-file';
import type { HubAddress } from './hub-address';

export function isShardIndex(path: string): boolean {
  return path.endsWith('.index.json');
}

/**
 * The shards that the index at `file` names, which lie beside it in the repository. Throws a SemmaeError for what is no index, and for
 * one of files that the repository does not list.
 */
export async function shardsOf(
  { text }: HubAddress,
  file: string,
  index: string,
  paths: readonly string[],
): Promise<string[]> {
  const source = openByteFile(file);
  try {
    const shards = (await shardNames(source)).map((name) => posix.join(posix.dirname(index), name));
    const absent = shards.find((shard) => !paths.includes(shard));
    if (absent === undefined) return shards;
    throw new SemmaeError({ where: text, requirement: `${index} must name files that are there`, got: absent });
  } finally {
    source.close();
  }
}
