// Compressed shards as plain archives in the cache: a compressed one can only be read from its start.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { orUnwritable, replaceFile, takeLock } from '@semmae/core/files';

import { type IndexCache, type IndexKey, markUsed, removeUnused } from '../index-cache';
import { type Compression, type DecompressOptions, decompress } from './decompress';
import { type ShardFile, shardFileAt } from './shard-file';

export interface UnpackOptions extends DecompressOptions {
  /** Holds the archives, in `unpacked`. */
  folder: string;
  /** Remembers which archives are complete. */
  indices: IndexCache;
}

export interface UnpackedShard {
  /** The plain archive, under the name of the compressed one. */
  file: ShardFile;
  /** What is wrong with the compressed file, if anything; the archive holds what comes before. */
  damage?: string | undefined;
}

/** What of an earlier unpacking is still good; undefined where there is nothing. */
export async function findUnpacked(file: ShardFile, options: UnpackOptions): Promise<UnpackedShard | undefined> {
  const path = pathOf(file, options.folder);
  const kept = options.indices.read<{ size: number; damage?: string }>(keyOf(file));
  if (kept === undefined) return undefined;
  markUsed(path);
  const found = await shardFileAt(path, file.name);
  return found?.size === kept.size ? { file: found, damage: kept.damage } : undefined;
}

/** Unpacks a shard, unless another process does or did. Archives of earlier states of the file, and those unused for 60 days, are removed. */
export async function unpackShard(
  file: ShardFile,
  compression: Compression,
  options: UnpackOptions,
): Promise<UnpackedShard> {
  const path = pathOf(file, options.folder);
  const folder = join(options.folder, 'unpacked');
  const writing = { where: 'openTarSource', path, remedy: () => 'free some space, or set cacheFolder (SEMMAE_CACHE)' };
  orUnwritable(writing, () => mkdirSync(folder, { recursive: true }));
  let lock = takeLock(`${path}.lock`, 'openTarSource');
  for (; lock === undefined; lock = takeLock(`${path}.lock`, 'openTarSource')) {
    await setTimeout(100, undefined, { signal: options.signal });
  }
  try {
    const found = await findUnpacked(file, options);
    if (found !== undefined) return found;
    removeEarlier(file, folder);
    removeUnused(folder);
    let damage: string | undefined;
    await orUnwritable(writing, () =>
      replaceFile(path, async (target) => {
        damage = await decompress(file, compression, target, options);
      }),
    );
    const unpacked = (await shardFileAt(path, file.name))!;
    options.indices.write(keyOf(file), { size: unpacked.size, damage });
    return { file: unpacked, damage };
  } finally {
    lock.release();
  }
}

function keyOf({ path, size, mtimeMs }: ShardFile): IndexKey {
  return { of: ['unpacked', resolve(path)], state: [size, mtimeMs] };
}

function pathOf(file: ShardFile, folder: string): string {
  return join(folder, 'unpacked', `${prefixOf(file)}${file.size}-${Math.round(file.mtimeMs)}.tar`);
}

/** The same for every state of a file. */
function prefixOf({ path }: ShardFile): string {
  return `${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)}-`;
}

function removeEarlier(file: ShardFile, folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefixOf(file)) && !name.endsWith('.lock')) rmSync(join(folder, name), { force: true });
  }
}
