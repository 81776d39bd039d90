// Which files the shards of a data set are.

import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import { expand } from 'brace-expansion';

import { chooseSplit } from '../choose-split';
import type { LeftOut } from '../left-out';

const mostShards = 100_000;
/** One more than is taken, so that a longer range shows; the default length would cut long paths short in silence. */
const expansion = { max: mostShards + 1, maxLength: 2 ** 28 };
const shardExtension = /\.(tar|tar\.gz|tgz|tar\.zst)$/i;

/** True for names of tar archives that `openTarSource` reads. */
export function isShardName(name: string): boolean {
  return shardExtension.test(name);
}

/** `train-000` of `shards/train-000.tar.gz`. */
export function shardStem(path: string): string {
  return basename(path).replace(shardExtension, '');
}

export interface ShardPathsOptions {
  /** Which split of a folder; those of others are counted. Default train where names tell several. */
  split?: string | undefined;
  leftOut: LeftOut;
}

/**
 * Paths of shards: of a file, of brace ranges (`train-{000..127}.tar`, `{train,extra}-{0..9}.tar`), of the archives of a folder in the
 * order of their names, or of a list of these. Files need not be there; a folder must hold archives, and those of one set alone.
 */
export async function shardPaths(from: string | readonly string[], options: ShardPathsOptions): Promise<string[]> {
  const each = (typeof from === 'string' ? [from] : from).map((path) => pathsOf(path, options));
  const paths = (await Promise.all(each)).flat();
  const seen = new Set<string>();
  const twice = paths.find((path) => seen.size === seen.add(path).size);
  if (paths.length > 0 && twice === undefined) return paths;
  throw new SemmaeError({
    where: 'openTarSource',
    requirement: 'shards must be named, each once',
    got: twice === undefined ? 'none' : `${twice} twice`,
  });
}

async function pathsOf(path: string, options: ShardPathsOptions): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return folderShards(path, options);
  if (options.split !== undefined) {
    throw new SemmaeError({
      where: path,
      requirement: 'a split is chosen among the archives of a folder',
      got: options.split,
      remedy: 'leave it out: archives that are named are taken',
    });
  }
  if (found !== undefined || !path.includes('{')) return [path];
  const paths = expand(path, expansion);
  if (paths.length <= mostShards) return paths;
  throw new SemmaeError({ where: path, requirement: `must name at most ${mostShards} shards`, got: 'more' });
}

/** Archives whose names differ in more than numbers are several sets: to train on a test set by mistake is worse than a question. */
async function folderShards(folder: string, { split, leftOut }: ShardPathsOptions): Promise<string[]> {
  const all = (await readdir(folder)).filter((name) => isShardName(name) && !name.startsWith('.'));
  all.sort((a, b) => (numbersPadded(a) < numbersPadded(b) ? -1 : 1)); // 1000 after 999
  const names = chooseSplit(folder, all, { split, leftOut });
  const sets = new Map<string, string[]>();
  for (const name of names) {
    const set = name.replace(/\d+/g, '*');
    sets.set(set, [...(sets.get(set) ?? []), name]);
  }
  if (sets.size === 1) return names.map((name) => join(folder, name));
  const [first] = [...sets.values()].sort((a, b) => b.length - a.length);
  throw new SemmaeError({
    where: folder,
    requirement: 'a folder of shards must hold the archives (.tar, .tar.gz, .tgz, .tar.zst) of one set',
    got: Array.from(sets, ([set, { length }]) => `${length} ${set}`).join(' and ') || 'none',
    remedy: first && `name those of one set, such as ${join(folder, rangeOf(first))}`,
  });
}

function numbersPadded(name: string): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
}

/** `train-{000..127}.tar` where names are such a range, or else the first name. */
function rangeOf(names: readonly string[]): string {
  const [first, last] = [names[0]!, names.at(-1)!];
  const [, before, digits, after] = /^(.*?)(\d+)(\D*)$/.exec(first) ?? [];
  const lastDigits = last.slice(before?.length, last.length - (after?.length ?? 0));
  const range = `${before}{${digits}..${lastDigits}}${after}`;
  return digits !== undefined && names.length > 1 && expand(range, expansion).join() === names.join() ? range : first;
}
