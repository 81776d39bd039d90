// The batch of a step of MAE or SemMAE, a pure function of epoch and batch: a view of each image and its mask.

import { createRng, type PatchGrid, type PixelStatistics } from '@semmae/core';
import {
  applyView,
  epochOrder,
  fullView,
  type ImageDataset,
  type LabeledImage,
  multiCrop,
  nextReadable,
  type View,
} from '@semmae/data';
import { type BatchMaskingStrategy, gridPatches, type MaskingStrategy, sampleBatch } from '@semmae/masking';
import { type MaskedImageBatch, maskedImageBatch } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedImageRecipe } from '../recipes/masked-image-recipe';
import { maskingContexts, type ViewedImage } from './masking-contexts';

export interface MaskedImageBatchesOptions {
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
): (epoch: number, batchInEpoch: number) => Promise<MaskedImageBatch & Record<string, tf.Tensor>> {
  const { data, recipe, stepsPerEpoch, masking, grid, seed, channels = 3, statistics } = options;
  const { views, batchSize, epochs, keptShare } = recipe;
  const { size } = views;
  const rng = createRng(seed).split('masked crops');
  const length = size * size * channels;
  const draw = isWhole(views) ? wholeViews(size, channels, statistics) : crops(views, statistics);

  return async (epoch, batchInEpoch) => {
    const start = batchInEpoch * batchSize;
    const order = epochOrder(rng, epoch, data.length).subarray(start, start + batchSize);
    const pixels = new Float32Array(batchSize * length);
    const progress = (epoch * stepsPerEpoch + batchInEpoch) / (epochs * stepsPerEpoch);
    const viewed: ViewedImage[] = [];
    for (const [place, index] of order.entries()) {
      const { image } = await nextReadable(data, index);
      const into = pixels.subarray(place * length, (place + 1) * length);
      const { id, height, width, patchParts } = image; // without pixels, which would pile up over a batch
      viewed.push({ image: { id, height, width, patchParts }, view: draw({ image, index, epoch, into, rng }) });
    }
    const { contexts, kept } = maskingContexts(viewed, { masking, keptShare, grid, progress });
    const streams =
      'sampleBatch' in masking
        ? rng.split('mask', epoch, 'batch', batchInEpoch)
        : (place: number) => rng.split('mask', epoch, order[place]!);
    const masks = sampleBatch(masking, contexts, streams);
    const onGrid = (places: Int32Array) => (kept.length === 0 ? places : gridPatches(places, kept));
    return {
      ...maskedImageBatch(tf.tensor4d(pixels, [batchSize, size, size, channels]), {
        ...masks,
        visible: onGrid(masks.visible),
        masked: onGrid(masks.masked),
      }),
    };
  };
}

interface DrawnView {
  image: LabeledImage;
  index: number;
  epoch: number;
  into: Float32Array;
  rng: ReturnType<typeof createRng>;
}

type DrawView = (drawn: DrawnView) => View;

function isWhole({ scale, jitter, grayscale }: MaskedImageRecipe['views']): boolean {
  return scale[0] === 1 && jitter === 0 && grayscale === 0;
}

function crops(
  { size, scale, jitter, grayscale }: MaskedImageRecipe['views'],
  statistics: PixelStatistics | undefined,
): DrawView {
  return ({ image, index, epoch, into, rng }) =>
    multiCrop(image, rng.split('crop', epoch, index), {
      ...{ globalSize: size, globalCount: 1, globalScale: scale, localCount: 0, into: { globals: [into] } },
      ...{ jitter: { probability: jitter }, grayscale, blur: false, solarize: false, statistics },
    }).views[0]!;
}

/** What is kept of whole images in both orientations, so that they are resized once. */
const cacheBytes = 2 ** 30;

function wholeViews(size: number, channels: number, statistics: PixelStatistics | undefined): DrawView {
  const room = Math.floor(cacheBytes / (size * size * channels * 4));
  const cache = new Map<number, Float32Array>();
  return ({ image, index, epoch, into, rng }) => {
    const flip = rng.split('flip', epoch, index).uniform() < 0.5;
    const view = { ...fullView(image), flip };
    const key = 2 * index + Number(flip);
    const known = cache.get(key);
    if (known !== undefined) into.set(known);
    else {
      applyView(image, view, { height: size, width: size, statistics, into });
      if (cache.size < room) cache.set(key, into.slice());
    }
    return view;
  };
}
