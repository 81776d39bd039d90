// Puts the part maps of a shard beside the images that they were computed from.

import { firstDifference, SemmaeError } from '@semmae/core';

import { forEachConcurrently } from '../for-each-concurrently';
import type { ImageDataset } from '../image-dataset';
import type { PartShard, PartShardSettings } from './part-shard';

export interface WithPartMapsOptions {
  /**
   * Whether to compare every image with the fingerprint in the shard, which reads every file once. Images without a stored
   * fingerprint are not compared. Default true.
   */
  verify?: boolean;
}

const concurrency = 16;

/**
 * The images of `dataset` with their `patchParts`, found by `id`. Crop and mirror these with `applyViewToPatches`.
 *
 * Throws a SemmaeError when images are missing from the shard, have changed since, or have another shape than those that the
 * maps were laid over.
 */
export async function withPartMaps(
  dataset: ImageDataset,
  shard: Pick<PartShard, 'path' | 'settings' | 'indexOf' | 'fingerprintAt' | 'read'>,
  { verify = true }: WithPartMapsOptions = {},
): Promise<ImageDataset> {
  const ids = Array.from({ length: dataset.length }, (_, index) => dataset.idAt(index));
  assertNone(
    ids.filter((id) => shard.indexOf(id) === undefined),
    dataset,
    `${shard.path} must hold the maps of every image`,
    'missing',
  );
  await assertShape(dataset, shard);
  if (verify) await assertUnchanged(dataset, ids, shard);
  return {
    ...dataset,
    idAt: (index) => dataset.idAt(index),
    async get(index) {
      const image = await dataset.get(index);
      return { ...image, patchParts: await shard.read(shard.indexOf(image.id)!) };
    },
    fingerprint: (index) => dataset.fingerprint(index),
  };
}

async function assertShape(
  dataset: ImageDataset,
  { path, settings }: Pick<PartShard, 'path' | 'settings'>,
): Promise<void> {
  const { height, width } = await dataset.get(0);
  const { imageSize } = settings;
  assertFramedAlike(dataset, path, settings);
  if (height * imageSize.width === width * imageSize.height) return;
  throw new SemmaeError({
    where: 'withPartMaps',
    requirement: `images must have the proportions of those of ${path}, ${imageSize.height}x${imageSize.width}`,
    got: `${height}x${width}`,
    remedy: 'open the data set at such a size',
  });
}

/** Photographs that were cropped in another way show other things under the same patches. */
function assertFramedAlike({ form: { framing } }: ImageDataset, path: string, settings: PartShardSettings): void {
  const difference = firstDifference({ framing: settings.framing }, { framing });
  if (difference === undefined) return;
  throw new SemmaeError({
    where: 'withPartMaps',
    requirement: `images must be framed as those of ${path}, ${settings.cropPolicy}`,
    got: `${difference.path} ${difference.now ?? 'left out'}`,
    remedy: 'open the data set with `framing` of its settings, or write the maps anew',
  });
}

async function assertUnchanged(
  dataset: ImageDataset,
  ids: readonly string[],
  shard: Pick<PartShard, 'path' | 'indexOf' | 'fingerprintAt'>,
): Promise<void> {
  const changed = new Set<string>();
  await forEachConcurrently(ids.length, concurrency, async (index) => {
    const id = ids[index]!;
    const stored = shard.fingerprintAt(shard.indexOf(id)!);
    if (stored !== undefined && stored !== (await dataset.fingerprint(index))) changed.add(id);
  });
  assertNone(
    ids.filter((id) => changed.has(id)),
    dataset,
    `images must be those that ${shard.path} was computed from`,
    'changed since',
  );
}

function assertNone(ids: readonly string[], dataset: ImageDataset, requirement: string, what: string): void {
  if (ids.length === 0) return;
  throw new SemmaeError({
    where: 'withPartMaps',
    requirement,
    got: `${ids.length} of ${dataset.length} ${what}, the first ${ids[0]}`,
    remedy: 'write the maps of this data set anew',
  });
}
