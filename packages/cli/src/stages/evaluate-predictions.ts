// All scores of predicted parts against the masks of a data set.

import type { PatchGrid } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import { evaluateParts, type PartEvaluation, type PartPrediction } from '@semmae/parts';

import { imagesAt } from '../features/feature-store';
import { Interrupted } from '../interrupted';
import type { PartPredictor } from '../prediction/part-predictor';
import { truthOf } from '../prediction/without-features';
import type { StageOptions } from '../stage-options';

export interface PredictPartsOptions extends Omit<StageOptions, 'compile'> {
  /** Whether to predict mirror images as well, for flip consistency. Default true. */
  mirrored?: boolean;
  /** Default 16. */
  batchSize?: number;
}

/** Predictions for every image in memory, as `evaluatePredictions` takes them. */
export async function predictParts(
  predictor: PartPredictor,
  data: ImageDataset,
  { mirrored = true, batchSize = 16, signal, onProgress }: PredictPartsOptions = {},
): Promise<PartPrediction[]> {
  const predictions: PartPrediction[] = [];
  for (let start = 0; start < data.length; start += batchSize) {
    Interrupted.check(signal);
    const images = await imagesAt(data, start, batchSize);
    const plain = await predictor.predict(images);
    const flipped = mirrored ? await predictor.predict(images, true) : undefined;
    predictions.push(...plain.map((one, place) => ({ ...one, mirrored: flipped?.[place]?.foreground })));
    const report = { title: `Predicting parts, ${predictor.method}`, done: predictions.length, total: data.length };
    onProgress?.({ ...report, unit: 'images' });
  }
  return predictions;
}

export interface EvaluatePredictionsOptions {
  predictions: readonly PartPrediction[];
  /** The images of the predictions, in their order. */
  data: ImageDataset;
  grid: PatchGrid;
  partCount: number;
  /** Whether to leave out the scores that need masks. Default false: an image without a mask is an error. */
  labelFree?: boolean;
}

/** Scores of the whole data set at once; see `evaluateParts`. */
export async function evaluatePredictions(options: EvaluatePredictionsOptions): Promise<PartEvaluation> {
  const { predictions, data, grid, partCount, labelFree = false } = options;
  if (labelFree) return evaluateParts({ predictions, grid, partCount });
  const truths = [];
  for (let index = 0; index < data.length; index++) {
    const image = await data.get(index);
    truths.push({ labels: truthOf(image), height: image.height, width: image.width });
  }
  return evaluateParts({ predictions, truths, grid, partCount });
}
