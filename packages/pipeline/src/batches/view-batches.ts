// The views of a step of self-distillation, a pure function of epoch and batch.

import { createRng, type PixelStatistics } from '@semmae/core';
import { epochOrder, type ImageDataset, multiCrop, nextReadable } from '@semmae/data';
import type { PixelViews, SelfDistillationRecipe } from '@semmae/train';

export interface ViewBatchesOptions {
  data: ImageDataset;
  recipe: SelfDistillationRecipe;
  /** At most the number of images. */
  batchSize: number;
  seed: number;
  /** Of the images. Default 3. */
  channels?: number;
  /** Of the pixels. Default: ImageNet's. */
  statistics?: PixelStatistics;
}

const globalCount = 2;

/** Multi-crop of `batchSize` images, laid out view by view: the first view of all images, then the second, and so on. */
export function viewBatches(options: ViewBatchesOptions): (epoch: number, batchInEpoch: number) => Promise<PixelViews> {
  const { data, recipe, batchSize, seed, channels = 3, statistics } = options;
  const { globalSize, globalScale, localSize, localScale, localCount } = recipe.views;
  const rng = createRng(seed).split('views');
  const [globalLength, localLength] = [globalSize, localSize].map((side) => side * side * channels) as [number, number];

  return async (epoch, batchInEpoch) => {
    const start = batchInEpoch * batchSize;
    const order = epochOrder(rng, epoch, data.length).subarray(start, start + batchSize);
    const globals = new Float32Array(globalCount * batchSize * globalLength);
    const locals = new Float32Array(localCount * batchSize * localLength);
    for (const [place, index] of order.entries()) {
      const slices = (all: Float32Array, count: number, length: number) =>
        Array.from({ length: count }, (_, view) => {
          const from = (view * batchSize + place) * length;
          return all.subarray(from, from + length);
        });
      const { image } = await nextReadable(data, index);
      multiCrop(image, rng.split('crops', epoch, index), {
        ...{ globalSize, globalCount, globalScale, localSize, localCount, localScale },
        statistics,
        into: { globals: slices(globals, globalCount, globalLength), locals: slices(locals, localCount, localLength) },
      });
    }
    return localCount > 0 ? { globals, locals } : { globals };
  };
}
