// Puts the part maps of a shard beside the images that they were computed from.

import { firstDifference, SemmaeError } from '@semmae/core';

import { forEachConcurrently } from '../for-each-concurrently';
import type { ImageDataset } from '../image-dataset';
import { nextReadable, readableAt } from '../readable-images';
import type { PartShard, PartShardSettings } from './part-shard';

export interface WithPartMapsOptions {
  /**
   * Whether to compare images with the fingerprints in the shard: all of them, or 1,000 spread over a larger data set, which reads their
   * files once. Images without a stored fingerprint are not compared. Default true.
   */
  verify?: boolean;
}

const concurrency = 16;
/** Of a data set of any size, so that opening it does not read it. */
const verifiedImages = 1000;

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
  await assertComplete(dataset, shard);
  await assertShape(dataset, shard);
  if (verify) await assertUnchanged(dataset, shard);
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
  const { height, width } = (await nextReadable(dataset, 0)).image;
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

/** Images that cannot be read have no maps. */
async function assertComplete(dataset: ImageDataset, shard: Pick<PartShard, 'path' | 'indexOf'>): Promise<void> {
  const missing: number[] = [];
  for (let index = 0; index < dataset.length; index++) {
    if (shard.indexOf(dataset.idAt(index)) === undefined) missing.push(index);
  }
  for (const [unreadable, index] of missing.entries()) {
    if ((await readableAt(dataset, [index])).length === 0) continue;
    const requirement = `${shard.path} must hold the maps of every image`;
    throw unsuitable(dataset, requirement, `${missing.length - unreadable} of ${dataset.length} missing`, index);
  }
}

async function assertUnchanged(
  dataset: ImageDataset,
  shard: Pick<PartShard, 'path' | 'indexOf' | 'fingerprintAt'>,
): Promise<void> {
  const count = Math.min(dataset.length, verifiedImages);
  const changed: number[] = [];
  await forEachConcurrently(count, concurrency, async (place) => {
    const index = Math.floor((place * dataset.length) / count);
    const inShard = shard.indexOf(dataset.idAt(index));
    const stored = inShard === undefined ? undefined : shard.fingerprintAt(inShard);
    if (stored !== undefined && stored !== (await dataset.fingerprint(index))) changed.push(index);
  });
  if (changed.length === 0) return;
  const requirement = `images must be those that ${shard.path} was computed from`;
  throw unsuitable(dataset, requirement, `${changed.length} of ${count} changed since`, Math.min(...changed));
}

function unsuitable(dataset: ImageDataset, requirement: string, what: string, first: number): SemmaeError {
  return new SemmaeError({
    where: 'withPartMaps',
    requirement,
    got: `${what}, the first ${dataset.idAt(first)}`,
    remedy: 'write the maps of this data set anew',
  });
}
