// Scores a shard of part maps on the images that it was made from.

import { existsSync } from 'node:fs';

import { SemmaeError } from '@semmae/core';
import {
  type ImageDataset,
  openPartShard,
  type PartShard,
  type PartShardSettings,
  readableSubset,
  subset,
  withPartMaps,
} from '@semmae/data';
import type { PartEvaluation, PartPrediction } from '@semmae/parts';

import { type DataOptions, openData } from '../batches/open-data';
import { imageBatches } from '../features/image-batches';
import { describeEncoder, type LoadEncoderOptions } from '../models/load-model';
import { describeParts } from '../models/parts-file';
import { assertUnseen } from '../models/trained-images';
import type { StageOptions } from '../runs/stage-options';
import { type CompanionName, companionNames, companionPath } from './companion-shards';
import { consistencyCropSource } from './consistency-crop';
import { evaluatePredictions } from './evaluate-predictions';

export interface EvaluateShardOptions extends DataOptions, LoadEncoderOptions, Pick<StageOptions, 'onData'> {
  /** Path of the shard; its companions are used where they lie beside it. */
  shard: string;
  /**
   * The images of the shard. Those that are held out are scored, the others serve the regression of landmarks as far as they have
   * masks; all are scored where none is held out.
   */
  data: string | ImageDataset;
  /** Refuses a shard of another encoder, and images that this one was trained on. */
  encoder?: string;
  /** Refuses images that these parts were learned on. */
  parts?: string;
  /** Scores images that models were trained on all the same. Default false. */
  allowSeen?: boolean;
  /** Whether to leave out the scores that need masks. Default false. */
  labelFree?: boolean;
}

/** The scores, and where the maps of the shard come from. */
export interface ShardEvaluation extends PartEvaluation, Pick<PartShardSettings, 'method' | 'encoder'> {}

/**
 * Without the companions, foreground scores take the maps with their background, and flip and crop consistency are null.
 *
 * Throws a SemmaeError when the shard is missing, damaged or of another encoder, when images are not in it or have changed
 * since, when models have seen them, and when there are no masks.
 */
export async function evaluateShard(options: EvaluateShardOptions): Promise<ShardEvaluation> {
  const { allowSeen = false, labelFree = false, heldOut = 0 } = options;
  const encoder = options.encoder === undefined ? undefined : await describeEncoder(options.encoder, options);
  const parts = options.parts === undefined ? undefined : await describeParts(options.parts);
  const shard = await openPartShard(options.shard, { encoderHash: encoder?.hash });
  const companions = new Map<CompanionName, PartShard>();
  try {
    const { evaluation, train } = await openData(options, shard.settings, options);
    const data = await readableSubset(evaluation);
    if (!allowSeen) {
      if (encoder?.provenance !== undefined) assertUnseen('parts eval', 'encoder', encoder.provenance, data);
      if (parts !== undefined) assertUnseen('parts eval', 'part learner', parts.provenance, data);
    }
    const landmarkTraining = heldOut > 0 && !labelFree ? await withMasks(train) : undefined;
    // verifies names, proportions and contents
    for (const one of landmarkTraining === undefined ? [data] : [data, landmarkTraining])
      await withPartMaps(one, shard);
    for (const name of companionNames) {
      const path = companionPath(options.shard, name);
      if (existsSync(path)) companions.set(name, await openCompanion(path, shard, data));
    }
    const { grid, settings } = shard;
    const scores = await evaluatePredictions({
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
    return { method: settings.method, encoder: settings.encoder, ...scores };
  } finally {
    for (const one of [shard, ...companions.values()]) one.close();
  }
}

/** The images that have masks; undefined if none has. */
async function withMasks(data: ImageDataset): Promise<ImageDataset | undefined> {
  const indices: number[] = [];
  for await (const batch of imageBatches(data, { title: 'Reading masks' })) {
    for (const { index, image } of batch) if (image.parts !== undefined) indices.push(index);
  }
  return indices.length > 0 ? subset(data, indices) : undefined;
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
