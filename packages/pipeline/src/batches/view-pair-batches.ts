// Two views of each image, for an encoder that is trained against masks; a pure function of epoch and batch.

import { createRng, type PixelStatistics } from '@semmae/core';
import { type ImageDataset, viewLoader } from '@semmae/data';
import * as tf from '@tensorflow/tfjs-core';

import type { AdversarialRecipe } from '../recipes/adversarial-recipe';
import type { Batches, LoadingOptions } from './batches';

export interface ViewPairBatchesOptions extends LoadingOptions {
  data: ImageDataset;
  recipe: Pick<AdversarialRecipe, 'views' | 'batchSize'>;
  stepsPerEpoch: number;
  seed: number;
  /** Of the pixels. Default: ImageNet's. */
  statistics?: PixelStatistics;
}

/** Two crops of each image, mirrored, colors jittered, [B, H, W, channels] each. */
export function viewPairBatches(options: ViewPairBatchesOptions): Batches<{ first: tf.Tensor4D; second: tf.Tensor4D }> {
  const { data, recipe, stepsPerEpoch, seed, statistics, workers, onWarning } = options;
  const { batchSize } = recipe;
  const { size, scale } = recipe.views;
  const loader = viewLoader({
    ...{ data, batchSize, statistics, workers, onWarning, batchesPerEpoch: stepsPerEpoch },
    rng: createRng(seed).split('view pairs'),
    stream: 'crops',
    recipe: { globalSize: size, globalScale: scale, localCount: 0, blur: false },
  });
  async function batch(epoch: number, batchInEpoch: number) {
    const { globals, channels } = await loader.batch(epoch, batchInEpoch);
    const [first, second] = [0, 1].map((half) => {
      const pixels = globals.slice((half * globals.length) / 2, ((half + 1) * globals.length) / 2);
      return tf.tensor4d(pixels, [batchSize, size, size, channels]);
    });
    return { first: first!, second: second! };
  }
  return { batch, waitedSeconds: loader.waitedSeconds, close: loader.close };
}
