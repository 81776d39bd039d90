// Where packed shards go: `shards/train-{000..}.tar`.

import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { SemmaeError } from '@semmae/core';

import type { Compression } from './decompress';
import { isShardName } from './shard-paths';

export interface ShardPattern {
  folder: string;
  compression: Compression | undefined;
  /** False for a plain path: there is one shard. */
  isRange: boolean;
  /** Path of the shard `number`, counted from 0. */
  pathOf(number: number): string;
  /** Number of shards that are there. Throws a SemmaeError where one between them is missing, or others go by these names. */
  countExisting(): number;
}

/** `{000..}` stands for numbers from that one on, with as many digits. */
const openRange = /\{(\d+)\.\.\}/;

/** Reads a pattern. The extension decides how shards are compressed. */
export function shardPattern(out: string): ShardPattern {
  const [folder, name] = [dirname(out), basename(out)];
  const [before, first, after, ...more] = name.split(openRange) as [string, string?, string?, ...string[]];
  if (!isShardName(name) || /[{}]/.test(`${folder}${before}${after}`) || more.length > 0) {
    throw new SemmaeError({
      where: 'packShards',
      requirement:
        'out must name tar archives (.tar, .tar.gz, .tgz, .tar.zst) with one {000..} in the file name, or one archive',
      got: out,
      remedy: 'a typical value is shards/train-{000..}.tar',
    });
  }
  const nameOf = (number: number) =>
    first === undefined ? name : `${before}${String(Number(first) + number).padStart(first.length, '0')}${after}`;
  return {
    folder,
    compression: /z$/i.test(name) ? 'gzip' : /\.zst$/i.test(name) ? 'zstd' : undefined,
    isRange: first !== undefined,
    pathOf: (number) => join(folder, nameOf(number)),
    countExisting() {
      const there = new Set(entriesOf(folder));
      let count = 0;
      while (there.has(nameOf(count)) && (first !== undefined || count === 0)) count++;
      const isOurs = (one: string) =>
        one.startsWith(before) && one.endsWith(after!) && /^\d+$/.test(one.slice(before.length, -after!.length));
      const others = first === undefined ? count : [...there].filter(isOurs).length;
      if (others === count) return count;
      throw new SemmaeError({
        where: join(folder, name),
        requirement: 'must be free, or begin with the shards of an earlier run, none missing',
        got: `${others} archives of such names, ${nameOf(count)} not among them`,
        remedy: 'choose another place or remove them',
      });
    },
  };
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new SemmaeError({ where: folder, requirement: 'must be a folder', got: error, cause: error });
  }
}
