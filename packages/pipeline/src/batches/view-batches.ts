// The views of a step of self-distillation, a pure function of epoch and batch.

import { createRng, type PixelStatistics } from '@semmae/core';
import { type ImageDataset, viewLoader } from '@semmae/data';
import type { PixelViews, SelfDistillationRecipe } from '@semmae/train';

import type { Batches, LoadingOptions } from './batches';

export interface ViewBatchesOptions extends LoadingOptions {
  data: ImageDataset;
  recipe: SelfDistillationRecipe;
  /** At most the number of images. */
  batchSize: number;
  seed: number;
  /** Default: as many as there are full ones. */
  stepsPerEpoch?: number;
  /** Of the pixels. Default: ImageNet's. */
  statistics?: PixelStatistics;
}

/** Multi-crop of `batchSize` images, laid out view by view: the first view of all images, then the second, and so on. */
export function viewBatches(options: ViewBatchesOptions): Batches<PixelViews> {
  const { data, recipe, batchSize, seed, stepsPerEpoch, statistics, workers, onWarning } = options;
  const { globalSize, globalScale, localSize, localScale, localCount } = recipe.views;
  const loader = viewLoader({
    ...{ data, batchSize, statistics, workers, onWarning, batchesPerEpoch: stepsPerEpoch },
    rng: createRng(seed).split('views'),
    stream: 'crops',
    recipe: { globalSize, globalCount: 2, globalScale, localSize, localCount, localScale },
  });
  async function batch(epoch: number, batchInEpoch: number): Promise<PixelViews> {
    const { globals, locals } = await loader.batch(epoch, batchInEpoch);
    return localCount > 0 ? { globals, locals } : { globals };
  }
  return { batch, waitedSeconds: loader.waitedSeconds, close: loader.close };
}
