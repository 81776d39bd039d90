// The batch of a step of MAE or SemMAE, a pure function of epoch and batch: a view of each image and its mask.

import { createRng, type PatchGrid, type PixelStatistics } from '@semmae/core';
import { type ImageDataset, viewLoader } from '@semmae/data';
import { type BatchMaskingStrategy, gridPatches, type MaskingStrategy, sampleBatch } from '@semmae/masking';
import { type MaskedImageBatch, maskedImageBatch } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedImageRecipe } from '../recipes/masked-image-recipe';
import type { Batches, LoadingOptions } from './batches';
import { maskingContexts } from './masking-contexts';

export interface MaskedImageBatchesOptions extends LoadingOptions {
  /** With `patchParts` from a shard where the masking is guided or patches are dropped. */
  data: ImageDataset;
  /** Its batch size is at most the number of images. */
  recipe: Pick<MaskedImageRecipe, 'views' | 'batchSize' | 'epochs' | 'keptShare'>;
  stepsPerEpoch: number;
  masking: MaskingStrategy | BatchMaskingStrategy;
  /** Of the views. */
  grid: PatchGrid;
  seed: number;
  /** Of the images. Default 3. */
  channels?: number;
  /** Of the pixels. Default: ImageNet's. */
  statistics?: PixelStatistics;
}

/**
 * Images in the order of `epochOrder`; view, colors and mask of an image are drawn anew in every epoch. Part maps are cropped and
 * mirrored with their image. With a `keptShare` below 1 the mask is drawn among the patches with the highest scores, and the others
 * are left out of the batch: SemMAE's 196 of 784 patches.
 */
export function maskedImageBatches(
  options: MaskedImageBatchesOptions,
): Batches<MaskedImageBatch & Record<string, tf.Tensor>> {
  const { data, recipe, stepsPerEpoch, masking, grid, seed, statistics, workers, onWarning } = options;
  const { views, batchSize, epochs, keptShare } = recipe;
  const { size } = views;
  const rng = createRng(seed).split('masked crops');
  const loader = viewLoader({
    ...{ data, batchSize, rng, statistics, workers, onWarning, batchesPerEpoch: stepsPerEpoch },
    ...(isWhole(views)
      ? { stream: 'flip', recipe: { ...oneView(size), globalScale: 'whole', jitter: false, grayscale: false } }
      : {
          stream: 'crop',
          recipe: {
            ...{ ...oneView(size), globalScale: views.scale },
            ...{ jitter: { probability: views.jitter }, grayscale: views.grayscale },
          },
        }),
  });

  async function batch(epoch: number, batchInEpoch: number) {
    const { images, globals, channels } = await loader.batch(epoch, batchInEpoch);
    const progress = (epoch * stepsPerEpoch + batchInEpoch) / (epochs * stepsPerEpoch);
    const viewed = images.map(({ image, views: [view] }) => ({ image, view: view! }));
    const { contexts, kept } = maskingContexts(viewed, { masking, keptShare, grid, progress });
    const streams =
      'sampleBatch' in masking
        ? rng.split('mask', epoch, 'batch', batchInEpoch)
        : (place: number) => rng.split('mask', epoch, images[place]!.index);
    const masks = sampleBatch(masking, contexts, streams);
    const onGrid = (places: Int32Array) => (kept.length === 0 ? places : gridPatches(places, kept));
    return {
      ...maskedImageBatch(tf.tensor4d(globals, [batchSize, size, size, channels]), {
        ...masks,
        visible: onGrid(masks.visible),
        masked: onGrid(masks.masked),
      }),
    };
  }
  return { batch, waitedSeconds: loader.waitedSeconds, close: loader.close };
}

function isWhole({ scale, jitter, grayscale }: MaskedImageRecipe['views']): boolean {
  return scale[0] === 1 && jitter === 0 && grayscale === 0;
}

function oneView(globalSize: number) {
  return { globalSize, globalCount: 1, localCount: 0, blur: false, solarize: false } as const;
}
