// The batch of a step of MAE, a pure function of epoch and batch: a crop of each image and its mask.

import { createRng, type PatchGrid } from '@semmae/core';
import { epochOrder, type ImageDataset, multiCrop } from '@semmae/data';
import { type MaskingStrategy, maskBatch, type PatchMask } from '@semmae/masking';
import { type MAERecipe, type MaskedImageBatch, maskedImageBatch } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';

export interface MaskedCropBatchesOptions {
  data: ImageDataset;
  /** Its batch size is at most the number of images. */
  recipe: Pick<MAERecipe, 'views' | 'batchSize' | 'epochs'>;
  masking: MaskingStrategy;
  /** Of the crops. */
  grid: PatchGrid;
  seed: number;
}

/** Images in the order of `epochOrder`; crop, colors and mask of an image are drawn anew in every epoch. */
export function maskedCropBatches(
  options: MaskedCropBatchesOptions,
): (epoch: number, batchInEpoch: number) => Promise<MaskedImageBatch & Record<string, tf.Tensor>> {
  const { data, recipe, masking, grid, seed } = options;
  const { views, batchSize, epochs } = recipe;
  const { size, scale, jitter, grayscale } = views;
  const rng = createRng(seed).split('masked crops');
  const length = size * size * 3;

  return async (epoch, batchInEpoch) => {
    const start = batchInEpoch * batchSize;
    const order = epochOrder(rng, epoch, data.length).subarray(start, start + batchSize);
    const pixels = new Float32Array(batchSize * length);
    const masks: PatchMask[] = [];
    for (const [place, index] of order.entries()) {
      const into = { globals: [pixels.subarray(place * length, (place + 1) * length)] };
      multiCrop(await data.get(index), rng.split('crop', epoch, index), {
        ...{ globalSize: size, globalCount: 1, globalScale: scale, localCount: 0, into },
        ...{ jitter: { probability: jitter }, grayscale, blur: false, solarize: false },
      });
      masks.push(masking.sample({ grid, progress: epoch / epochs }, rng.split('mask', epoch, index)));
    }
    return { ...maskedImageBatch(tf.tensor4d(pixels, [batchSize, size, size, 3]), maskBatch(masks)) };
  };
}
