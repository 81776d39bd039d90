// Segmentations of images: by the strongest mask of each pixel, and by what needs no training.

import { createPatchGrid, createRng } from '@semmae/core';
import type { ImageDataset, LabeledImage } from '@semmae/data';
import { colorPositionParts, spatialGridParts } from '@semmae/parts';
import type { SoftMasks } from '@semmae/train';

import { imageSize } from './images';

/** A label for each pixel of each image, [images] of [S · S]; what they are called means nothing. */
export type Segmentation = readonly Uint8Array[];

/** The strongest mask of each pixel, from 1; the first among equals. */
export function strongestMasks({ values, batchSize, maskCount, height, width }: SoftMasks): Segmentation {
  const pixelCount = height * width;
  return Array.from({ length: batchSize }, (_, image) =>
    Uint8Array.from({ length: pixelCount }, (_, pixel) => {
      let strongest = 0;
      const at = (mask: number) => values[(image * maskCount + mask) * pixelCount + pixel]!;
      for (let mask = 1; mask < maskCount; mask++) if (at(mask) > at(strongest)) strongest = mask;
      return strongest + 1;
    }),
  );
}

/** The same rectangles for every image. */
export function gridSegmentation(imageCount: number, partCount: number): Segmentation {
  return new Array<Uint8Array>(imageCount).fill(spatialGridParts(createPatchGrid(imageSize, imageSize), partCount));
}

/** k-means over color and place of the training images' pixels. */
export async function clusterSegmentation(
  images: readonly LabeledImage[],
  training: ImageDataset,
  partCount: number,
): Promise<Segmentation> {
  const count = Math.min(100, training.length);
  const clusters = colorPositionParts({
    images: await Promise.all(Array.from({ length: count }, (_, index) => training.get(index))),
    grid: createPatchGrid(imageSize, imageSize),
    partCount,
    rng: createRng(0),
    pixelsPerImage: 64,
  });
  return images.map((image) => clusters.assign(image));
}
