// Scores a shard of part maps on the images that it was made from.

import { existsSync } from 'node:fs';

import { SemmaeError } from '@semmae/core';
import { type ImageDataset, openPartShard, type PartShard, withPartMaps } from '@semmae/data';
import type { PartEvaluation, PartPrediction } from '@semmae/parts';

import { type CompanionName, companionNames, companionPath } from './companion-shards';
import { consistencyCropSource } from './consistency-crop';
import { evaluatePredictions } from './evaluate-predictions';

export interface EvaluateShardOptions {
  /** Path of the shard; its companions are used where they lie beside it. */
  shard: string;
  /** Images to score, at the size of the shard: some or all of those in it. */
  data: ImageDataset;
  /** Other images of the shard, with masks, to fit the regression of landmarks on. */
  landmarkTraining?: ImageDataset;
  /** Hash of the encoder that the maps must come from. */
  encoderHash?: string;
  /** Whether to leave out the scores that need masks. Default false. */
  labelFree?: boolean;
}

/**
 * Without the companions, foreground scores take the maps with their background, and flip and crop consistency are null.
 *
 * Throws a SemmaeError when the shard is missing, damaged or of another encoder, when images are not in it or have changed
 * since, and when there are no masks.
 */
export async function evaluateShard(options: EvaluateShardOptions): Promise<PartEvaluation> {
  const { data, landmarkTraining, encoderHash, labelFree } = options;
  const shard = await openPartShard(options.shard, { encoderHash });
  const companions = new Map<CompanionName, PartShard>();
  try {
    // verifies names, proportions and contents
    for (const one of landmarkTraining === undefined ? [data] : [data, landmarkTraining])
      await withPartMaps(one, shard);
    for (const name of companionNames) {
      const path = companionPath(options.shard, name);
      if (existsSync(path)) companions.set(name, await openCompanion(path, shard, data));
    }
    const { grid, settings } = shard;
    return await evaluatePredictions({
      predictions: await storedPredictions(data, shard, companions),
      data,
      landmarkTraining: landmarkTraining && {
        predictions: await storedPredictions(landmarkTraining, shard, new Map()),
        data: landmarkTraining,
      },
      grid,
      partCount: settings.partCount,
      labelFree,
    });
  } finally {
    for (const one of [shard, ...companions.values()]) one.close();
  }
}

async function storedPredictions(
  data: ImageDataset,
  shard: PartShard,
  companions: ReadonlyMap<CompanionName, PartShard>,
): Promise<PartPrediction[]> {
  const predictions: PartPrediction[] = [];
  for (let index = 0; index < data.length; index++) {
    const id = data.idAt(index);
    const read = (from: PartShard | undefined) => from?.read(from.indexOf(id)!);
    const { labels, scores } = (await read(shard))!;
    const crop = await read(companions.get('cropped'));
    predictions.push({
      parts: labels,
      saliency: scores,
      foreground: (await read(companions.get('foreground')))?.labels,
      mirrored: (await read(companions.get('mirrored')))?.labels,
      cropped: crop && {
        parts: crop.labels,
        source: consistencyCropSource({ id, ...shard.settings.imageSize }, shard.grid),
      },
    });
  }
  return predictions;
}

/** A companion must have been written together with the shard. */
async function openCompanion(path: string, shard: PartShard, data: ImageDataset): Promise<PartShard> {
  const { encoder, grid } = shard.settings;
  const companion = await openPartShard(path, { encoderHash: encoder.hash, grid });
  for (let index = 0; index < data.length; index++) {
    const id = data.idAt(index);
    const [own, place] = [shard.indexOf(id)!, companion.indexOf(id)];
    if (place !== undefined && companion.fingerprintAt(place) === shard.fingerprintAt(own)) continue;
    companion.close();
    throw new SemmaeError({
      where: 'evaluateShard',
      requirement: `${path} must hold the images of ${shard.path}`,
      got: `${id} ${place === undefined ? 'missing' : 'in another version'}`,
      remedy: 'delete it, or extract both again',
    });
  }
  return companion;
}
