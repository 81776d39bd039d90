// All scores of predicted parts against the masks of a data set.

import type { PatchGrid } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import { evaluateParts, type PartEvaluation, type PartPrediction, type PartTruth } from '@semmae/parts';

import { imageBatches, imagesOf } from '../features/image-batches';
import type { PartPredictor } from '../predictors/part-predictor';
import { truthOf } from '../predictors/without-features';
import type { StageOptions } from '../runs/stage-options';
import { consistencyCrop, consistencyCropSource } from './consistency-crop';

export interface PredictPartsOptions extends Omit<StageOptions, 'compile'> {
  /** Whether to predict mirror images as well, for flip consistency. Default true. */
  mirrored?: boolean;
  /** Whether to predict a crop of each image as well, for crop consistency. Default: as `mirrored`. */
  cropped?: boolean;
  /** Default 16. */
  batchSize?: number;
}

/** Predictions for every readable image in memory, as `evaluatePredictions` takes them. */
export async function predictParts(
  predictor: PartPredictor,
  data: ImageDataset,
  { mirrored = true, cropped = mirrored, batchSize, signal, onProgress }: PredictPartsOptions = {},
): Promise<PartPrediction[]> {
  const predictions: PartPrediction[] = [];
  const title = `Predicting parts, ${predictor.method}`;
  for await (const batch of imageBatches(data, { title, batchSize, signal, onProgress })) {
    const images = imagesOf(batch);
    const plain = await predictor.predict(images);
    const flipped = mirrored ? await predictor.predict(images, true) : undefined;
    const crops = cropped ? await predictor.predict(images.map(consistencyCrop)) : undefined;
    for (const [place, one] of plain.entries()) {
      predictions.push({
        ...one,
        mirrored: flipped?.[place]?.foreground,
        cropped: crops && {
          parts: crops[place]!.foreground,
          source: consistencyCropSource(images[place]!, predictor.grid),
        },
      });
    }
  }
  return predictions;
}

export interface EvaluatePredictionsOptions {
  predictions: readonly PartPrediction[];
  /** The images of the predictions, in their order; those that cannot be read have none. */
  data: ImageDataset;
  /** Other images with masks and what was predicted in them, to fit the regression of landmarks on. */
  landmarkTraining?: { predictions: readonly PartPrediction[]; data: ImageDataset };
  grid: PatchGrid;
  partCount: number;
  /** Whether to leave out the scores that need masks. Default false: an image without a mask is an error. */
  labelFree?: boolean;
}

/** Scores of the whole data set at once; see `evaluateParts`. */
export async function evaluatePredictions(options: EvaluatePredictionsOptions): Promise<PartEvaluation> {
  const { predictions, data, landmarkTraining: training, grid, partCount, labelFree = false } = options;
  if (labelFree) return evaluateParts({ predictions, grid, partCount });
  const landmarkTraining = training && {
    predictions: training.predictions,
    truths: await truthsOf(training.data),
  };
  return evaluateParts({ predictions, truths: await truthsOf(data), landmarkTraining, grid, partCount });
}

async function truthsOf(data: ImageDataset): Promise<PartTruth[]> {
  const truths: PartTruth[] = [];
  for await (const batch of imageBatches(data)) {
    for (const image of imagesOf(batch))
      truths.push({ labels: truthOf(image), height: image.height, width: image.width, ignore: image.ignoreLabel });
  }
  return truths;
}
