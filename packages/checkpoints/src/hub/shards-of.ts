// The files that weights in shards consist of.

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

import { SemmaeError } from '@semmae/core';

import type { HubAddress } from './hub-address';

export function isShardIndex(path: string): boolean {
  return path.endsWith('.index.json');
}

/**
 * The shards that the index at `file` names, which lie beside it in the repository. Throws a SemmaeError for an index without
 * shards and for one of files that the repository does not list.
 */
export function shardsOf({ text }: HubAddress, file: string, index: string, paths: readonly string[]): string[] {
  let names: unknown[];
  try {
    const { weight_map: map } = JSON.parse(readFileSync(file, 'utf8')) as { weight_map: Record<string, unknown> };
    names = [...new Set(Object.values(map))];
  } catch (cause) {
    throw new SemmaeError({ where: text, requirement: `${index} must say where its weights are`, got: cause, cause });
  }
  const shards = names.map((name) => posix.join(posix.dirname(index), String(name)));
  const absent = shards.find((shard) => !paths.includes(shard));
  if (absent === undefined && shards.length > 0) return shards;
  throw new SemmaeError({ where: text, requirement: `${index} must name files that are there`, got: absent ?? 'none' });
}
