// Writes the images of any source as WebDataset shards.

import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';

import { assertInteger, SemmaeError } from '@semmae/core';
import { makeWritableFolder, orUnwritable, replaceFile, replaceFileSync, takeLock } from '@semmae/core/files';

import type { ImageSample, ImageSource } from '../image-source';
import { keyTable } from '../key-table';
import { type LeftOut, leftOut } from '../left-out';
import { readNamesFile } from '../read-names-file';
import { openTarSource } from './open-tar-source';
import { keyOfId, type SampleFile, sampleFiles } from './sample-files';
import { type ShardPattern, shardPattern } from './shard-pattern';
import { tarBytes, writeTar } from './write-tar';

export interface PackShardsOptions {
  /** `shards/train-{000..}.tar`, or one archive. The extension compresses: `.tar.gz`, `.tgz`, `.tar.zst` (Node 22.15 or later). */
  out: string;
  /** A shard ends before it is larger, unless a single sample is. Default 1 GiB where `out` is a range, of plain tar. */
  maxBytes?: number | undefined;
  /** Images of a shard. Default: as many as fit. */
  maxImages?: number | undefined;
  /** Goes on behind the shards of a run that was interrupted, whose images must be the first of the source. Default false: they must not be there. */
  resume?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Told after each image. */
  onProgress?: ((progress: { done: number; total: number; shards: number; bytes: number }) => void) | undefined;
}

export interface PackedShards {
  /** Paths of all shards, those of an earlier run included. */
  shards: string[];
  images: number;
  /** Of plain tar, without those of an earlier run. */
  bytes: number;
  /** Images whose ids have dots, which keys cannot have: `_` stands for them. */
  renamed: number;
  leftOut: LeftOut;
}

/** Images that are read before it is their turn. */
const readAhead = 16;

/**
 * Packs a source in its order: image files byte for byte (pixels become PNG), labels as `.cls`, part maps as `.mask.png`, names in
 * `classes.json` and `parts.json` beside the shards. Each shard is written whole or not at all, and none is overwritten. What
 * `openTarSource` reads of them has the ids, bytes and labels of the source.
 *
 * Throws a SemmaeError where shards are there already, where ids make no keys, and where the place cannot be written.
 */
export async function packShards(source: ImageSource, options: PackShardsOptions): Promise<PackedShards> {
  const { maxImages = Number.MAX_SAFE_INTEGER, resume = false } = options;
  const pattern = shardPattern(options.out);
  const { maxBytes = pattern.isRange ? 2 ** 30 : Number.MAX_SAFE_INTEGER } = options;
  assertInteger('packShards', 'maxBytes', maxBytes);
  assertInteger('packShards', 'maxImages', maxImages);
  assertPackable(source, pattern, options);
  makeWritableFolder(pattern.folder, { where: 'packShards', remedy: 'choose another place for out' });
  const lock = takeLock(`${pattern.pathOf(0)}.lock`, 'packShards');
  if (lock === undefined) throw occupied(pattern, 'another process that is writing them', 'wait for it');
  try {
    const existing = pattern.countExisting();
    if (existing > 0 && !(resume && pattern.isRange)) {
      throw occupied(
        pattern,
        `${existing} of them`,
        'choose another place, or pass `resume` to go on behind those of a range',
      );
    }
    await writeNames(pattern.folder, 'classes.json', source.classNames);
    await writeNames(pattern.folder, 'parts.json', source.partNames);
    return await writeShards(source, pattern, { ...options, maxBytes, maxImages, existing });
  } finally {
    lock.release();
  }
}

function assertPackable(source: ImageSource, { isRange, compression }: ShardPattern, options: PackShardsOptions): void {
  if (source.length === 0) {
    throw new SemmaeError({ where: 'packShards', requirement: 'the source must hold images', got: 'none' });
  }
  if (!isRange && (options.maxBytes !== undefined || options.maxImages !== undefined)) {
    throw new SemmaeError({
      where: 'packShards',
      requirement: 'out must hold {000..} where maxBytes or maxImages may make several shards',
      got: options.out,
    });
  }
  if (compression === 'zstd' && !('createZstdCompress' in zlib)) {
    throw new SemmaeError({
      where: 'packShards',
      requirement: 'zstd takes Node 22.15 or later',
      got: process.version,
      remedy: 'write .tar: images are compressed already',
    });
  }
}

function occupied({ pathOf }: ShardPattern, got: string, remedy: string): SemmaeError {
  return new SemmaeError({
    where: 'packShards',
    requirement: `shards such as ${pathOf(0)} must not be there yet`,
    got,
    remedy,
  });
}

async function writeNames(folder: string, fileName: string, names: readonly string[] | undefined): Promise<void> {
  const there = await readNamesFile(folder, fileName);
  if (there === undefined && names !== undefined) {
    replaceFileSync(join(folder, fileName), `${JSON.stringify(names, undefined, 1)}\n`);
    return;
  }
  if (JSON.stringify(there) === JSON.stringify(names)) return;
  throw new SemmaeError({
    where: join(folder, fileName),
    requirement: 'must hold the names of the source, or be absent where it has none',
    got: there,
    remedy: 'choose another folder for out',
  });
}

interface PackedSample {
  files: SampleFile[];
  /** In the archive. */
  bytes: number;
}

async function writeShards(
  source: ImageSource,
  pattern: ShardPattern,
  {
    maxBytes,
    maxImages,
    existing,
    signal,
    onProgress,
  }: PackShardsOptions & { maxBytes: number; maxImages: number; existing: number },
): Promise<PackedShards> {
  const earlier = existing === 0 ? { images: 0, next: 0 } : await matchEarlier(source, pattern, existing);
  const packed: PackedShards = {
    shards: Array.from({ length: existing }, (_, number) => pattern.pathOf(number)),
    ...{ images: earlier.images, bytes: 0, renamed: 0, leftOut: leftOut() },
  };
  const samples = readSamples(source, earlier.next, packed);
  let next = await samples.next();
  async function* samplesOfShard(): AsyncGenerator<SampleFile[], void> {
    let [images, bytes] = [0, 0];
    while (!next.done && images < maxImages && (images === 0 || bytes + next.value.bytes <= maxBytes)) {
      signal?.throwIfAborted();
      yield next.value.files;
      images++;
      bytes += next.value.bytes;
      packed.images++;
      packed.bytes += next.value.bytes;
      const shards = packed.shards.length + 1;
      onProgress?.({ done: packed.images, total: source.length, shards, bytes: packed.bytes });
      next = await samples.next();
    }
  }
  while (!next.done) {
    const path = pattern.pathOf(packed.shards.length);
    const write = (target: FileHandle) => writeTar(samplesOfShard(), target, pattern.compression);
    await orUnwritable({ where: 'packShards', path }, () => replaceFile(path, write));
    packed.shards.push(path);
  }
  return packed;
}

/** The samples of a source from `first` on, in order; some are read ahead. */
async function* readSamples(
  source: ImageSource,
  first: number,
  packed: PackedShards,
): AsyncGenerator<PackedSample, void> {
  const keys = keyTable();
  const ahead: Promise<ImageSample>[] = [];
  for (let index = 0; index < source.length; index++) {
    const id = source.idAt(index);
    const key = keyOfId(id);
    if (keys.add(key) !== index) throw repeatedKey(id, key);
    if (index < first) continue;
    while (ahead.length < Math.min(readAhead, source.length - index)) {
      const reading = source.read(index + ahead.length);
      reading.catch(() => {}); // told when it is its turn
      ahead.push(reading);
    }
    const files = filesOf(source, index, key, await ahead.shift()!);
    if (typeof files === 'string') packed.leftOut.add(files, id);
    else {
      if (key !== id) packed.renamed++;
      yield { files, bytes: files.reduce((sum, { bytes }) => sum + tarBytes(bytes.length), 0) };
    }
  }
}

function filesOf(source: ImageSource, index: number, key: string, sample: ImageSample): SampleFile[] | string {
  return sampleFiles(key, { ...sample, label: sample.label ?? source.labelAt?.(index) });
}

/** How many images of the source are in the shards of an earlier run; they must be its first ones, but for those that cannot be packed. */
async function matchEarlier(
  source: ImageSource,
  pattern: ShardPattern,
  existing: number,
): Promise<{ images: number; next: number }> {
  const paths = Array.from({ length: existing }, (_, number) => pattern.pathOf(number));
  const earlier = await openTarSource(paths);
  try {
    let next = 0;
    for (let image = 0; image < earlier.length; image++, next++) {
      const key = earlier.idAt(image);
      while (next < source.length && keyOfId(source.idAt(next)) !== key) {
        const files = filesOf(source, next, key, await source.read(next));
        if (typeof files !== 'string') throw otherShards(paths[0]!, key, source.idAt(next));
        next++;
      }
      if (next === source.length) throw otherShards(paths[0]!, key, 'no more images');
    }
    return { images: earlier.length, next };
  } finally {
    earlier.close?.();
  }
}

function repeatedKey(id: string, key: string): SemmaeError {
  const requirement = 'ids must give every image a key of its own (dots become _)';
  return new SemmaeError({ where: 'packShards', requirement, got: `${key} of ${id} and of an earlier image` });
}

function otherShards(path: string, key: string, id: string): SemmaeError {
  return new SemmaeError({
    where: path,
    requirement: 'shards to go on from must hold the first images of the source in its order',
    got: `${key} in place of ${id}`,
    remedy: 'choose another place for out, or remove them',
  });
}
