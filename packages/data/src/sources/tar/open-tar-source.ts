// WebDataset shards as a source: tar archives in which files of one key are a sample.

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { assertInteger, assertOneOf, SemmaeError } from '@semmae/core';

import { forEachConcurrently } from '../../for-each-concurrently';
import { dataCacheFolder } from '../cache-folder';
import type { ImageSource } from '../image-source';
import { indexCache } from '../index-cache';
import { type LeftOut, leftOut } from '../left-out';
import { readNamesFile } from '../read-names-file';
import { classLabels } from './class-labels';
import { type ReadShardOptions, readShard, type Shard } from './read-shard';
import { type ShardFile, shardFileAt } from './shard-file';
import { shardPaths, shardStem } from './shard-paths';
import { shardSamples } from './shard-samples';
import { resolveTarFields, type TarFields } from './tar-fields';
import { type IdRule, uniqueSamples } from './unique-samples';

export interface OpenTarSourceOptions {
  /** Default: that of the folder, or of the shard or range without its extension. */
  name?: string | undefined;
  /** Which files of a sample are its image, label and part map. */
  fields?: TarFields | undefined;
  /** Default: `classes.json` beside the first shard, or else the sorted labels where these are words. */
  classNames?: readonly string[] | undefined;
  /** Names of the part ids 1..P. Default: `parts.json` beside the first shard. */
  partNames?: readonly string[] | undefined;
  /** What names a sample: its key alone (default), or with the shard, where every shard counts anew. */
  ids?: IdRule | undefined;
  /** Which split of a folder of shards, told by their names. Default train where there are several. */
  split?: string | undefined;
  /** What becomes of a shard that is named and not there. Default 'fail', before anything is read. */
  missingShards?: 'fail' | 'skip' | undefined;
  /** Compressed shards are unpacked once into the cache, up to this many bytes together. Default 64 GiB. */
  unpackBytes?: number | undefined;
  /**
   * Keeps what was found in the shards, and unpacked ones. Default: the user's cache folder, or that in `SEMMAE_CACHE`. False keeps
   * nothing: compressed shards are then unpacked into a temporary folder, which `close` and the end of the process remove.
   */
  cacheFolder?: string | false | undefined;
  /** Told when a shard has been read. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  /** Told in one line where opening takes time and space, such as to unpack shards. */
  onWarning?: ((note: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Read at a time: to leap from header to header is to wait for the disk. */
const shardsAtATime = 4;

/**
 * Opens WebDataset shards: `.tar`, `.tar.gz`, `.tgz`, `.tar.zst`; one, a brace range (`train-{000..127}.tar`), a folder of them, or a list.
 * Only headers and labels are read, and what they say is kept in the user's cache folder until a shard changes.
 *
 * Throws a SemmaeError where a shard is missing or no archive, where no sample has an image, and where labels and class names do not
 * agree; `read` throws one where a shard has vanished or changed since. Damage costs what comes after it: it is counted in `leftOut`.
 *
 * Reference: https://github.com/webdataset/webdataset
 */
export async function openTarSource(
  from: string | readonly string[],
  options: OpenTarSourceOptions = {},
): Promise<ImageSource> {
  const { ids = 'key', missingShards = 'fail', cacheFolder = dataCacheFolder(), unpackBytes = 2 ** 36 } = options;
  assertOneOf('openTarSource', 'ids', ids, ['key', 'shard/key']);
  assertOneOf('openTarSource', 'missingShards', missingShards, ['fail', 'skip']);
  assertInteger('openTarSource', 'unpackBytes', unpackBytes);
  const fields = resolveTarFields(options.fields ?? {});
  const left = leftOut();
  const paths = await shardPaths(from, { split: options.split, leftOut: left });
  const files = await findShards(paths, missingShards, left);
  const beside = dirname(paths[0]!);
  const namedClasses = options.classNames ?? (await readNamesFile(beside, 'classes.json'));
  const partNames = options.partNames ?? (await readNamesFile(beside, 'parts.json'));

  const folder = cacheFolder || temporaryFolder();
  const removeTemporary = () => cacheFolder === false && removeFolder(folder);
  try {
    const budget = { bytes: unpackBytes, left: unpackBytes };
    const shards = await readShards(files, { fields, folder, budget, indices: indexCache(cacheFolder) }, options);
    for (const { index } of shards) left.include(index.leftOut);
    const classNames = classLabels(shards, namedClasses);
    const name = options.name ?? nameOf(from);
    const samples = shardSamples(shards, { name, kept: uniqueSamples(shards, ids, left), ids, fields });
    if (samples.length === 0) throw withoutImages(paths, fields.image, left);
    const close = () => {
      samples.close();
      removeTemporary();
    };
    return { name, classNames, partNames, leftOut: left, ...samples, close };
  } catch (error) {
    removeTemporary();
    throw error;
  }
}

async function findShards(
  paths: readonly string[],
  missingShards: 'fail' | 'skip',
  left: LeftOut,
): Promise<ShardFile[]> {
  const found: ShardFile[] = [];
  const missing: string[] = [];
  await forEachConcurrently(paths.length, 16, async (index) => {
    const file = await shardFileAt(paths[index]!);
    if (file === undefined) missing.push(paths[index]!);
    else found[index] = file;
  });
  for (const path of missing.sort()) left.add('missing shard', path);
  if (missing.length === 0 || (missingShards === 'skip' && missing.length < paths.length)) return found.filter(Boolean);
  throw new SemmaeError({
    where: missing[0]!,
    requirement: 'must be a tar archive',
    got: paths.length === 1 ? 'no file' : `no file; ${missing.length} of ${paths.length} shards are missing`,
    remedy: missing.length < paths.length ? 'name those that are there, or pass `missingShards` skip' : undefined,
  });
}

async function readShards(
  files: readonly ShardFile[],
  reading: ReadShardOptions,
  { signal, onProgress, onWarning }: OpenTarSourceOptions,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  let [done, isUnpacking] = [0, false];
  function onUnpack(): void {
    if (!isUnpacking) onWarning?.(`compressed shards are unpacked once, into ${reading.folder}, and read from there`);
    isUnpacking = true;
  }
  await forEachConcurrently(files.length, shardsAtATime, async (position) => {
    signal?.throwIfAborted();
    shards[position] = await readShard(files[position]!, { ...reading, signal, onUnpack });
    onProgress?.({ done: ++done, total: files.length });
  });
  return shards;
}

function withoutImages(paths: readonly string[], imageFields: readonly string[], left: LeftOut): SemmaeError {
  return new SemmaeError({
    where: paths[0]!,
    requirement: `shards must hold images: files named KEY.${imageFields.join(', KEY.')}`,
    got: left.summary() || 'none',
    remedy: 'name the field of the image (fields.image) if it is another',
  });
}

/** `photos` of `data/photos` and of `[data/photos/000.tar]`; `train-{000..127}` of `train-{000..127}.tar`. */
function nameOf(from: string | readonly string[]): string {
  return typeof from === 'string' ? shardStem(resolve(from)) : basename(dirname(resolve(from[0]!)));
}

/** Folders of this process that are removed when it ends. */
const temporary = new Set<string>();
process.on('exit', () => temporary.forEach(removeFolder));

/** Where a folder may be made that does not outlive the process. */
function temporaryFolder(): string {
  const path = join(tmpdir(), `semmae-shards-${randomUUID()}`);
  temporary.add(path);
  return path;
}

function removeFolder(path: string): void {
  temporary.delete(path);
  rmSync(path, { recursive: true, force: true });
}
