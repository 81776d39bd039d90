// How much smaller an image may be decoded without any of its views being enlarged for it.

import type { ImageSize } from '@semmae/core';

import { type ViewRecipe, viewKinds } from '../views/augment/draw-views';

/**
 * Factors at which libjpeg decodes fewer coefficients: by 8, by 4, by 2. The rest up to the factor is left to libvips; sharp asks
 * libjpeg for less than a half, a quarter or an eighth only from these factors on.
 */
const factors = [9, 5, 3];

/** Ratio of sides beyond which `sampleView` draws no crop. */
const greatestRatio = 4 / 3;

/**
 * 9, 5, 3, or 1 for none: the greatest factor for which the smallest crop that `recipe` can draw from an image of size `source` still
 * has the size of its view. It depends on nothing that is drawn, so that a shrunk image may be kept for other draws.
 */
export function shrinkFactor(source: ImageSize, recipe: ViewRecipe): number {
  const room = viewKinds(recipe).map(({ height, width, scale }) => {
    if (scale === 'whole') return Math.min(source.height / height, source.width / width);
    const shortest = Math.sqrt((source.height * source.width * scale[0]) / greatestRatio);
    return Math.min(shortest, source.height, source.width) / Math.max(height, width);
  });
  return factors.find((factor) => room.every((most) => most >= factor)) ?? 1;
}
