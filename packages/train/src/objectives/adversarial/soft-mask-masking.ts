// Patch masks from soft pixel masks, so that learned masks serve a masked autoencoder.

import { assertInteger, assertLength, SemmaeError } from '@semmae/core';
import {
  type BatchMaskingStrategy,
  type MaskedCountOptions,
  maskedCountRule,
  patchMaskOfHidden,
  pooledScores,
  selectHighest,
} from '@semmae/masking';

import type { SoftMasks } from './soft-masks';

export interface SoftMaskMaskingOptions extends MaskedCountOptions {
  /** Of the images of the batch, in their order. */
  masks: SoftMasks;
  /** Which of the J masks to take for all images, from 0. Default: one drawn for each image. */
  mask?: number;
}

/**
 * Hides the M patches that one soft mask of an image covers most: the mean over the pixels of each patch, then the M highest, the
 * lower index first among equals. An extension and not ADIOS, whose masks stay soft, know no patches and have no fixed count; no
 * gradient passes through the choice.
 */
export function softMaskMasking({ masks, mask, ...count }: SoftMaskMaskingOptions): BatchMaskingStrategy {
  const where = 'softMaskMasking';
  const { values, batchSize, maskCount, height, width } = masks;
  const maskedCountFor = maskedCountRule(where, count);
  assertLength(where, 'masks.values', values, batchSize * maskCount * height * width);
  if (mask !== undefined) assertInteger(where, 'mask', mask, { least: 0 });
  if (mask !== undefined && mask >= maskCount)
    throw new SemmaeError({ where, requirement: `mask must be below ${maskCount}`, got: mask });
  const pixelCount = height * width;
  return {
    name: 'soft-masks',
    guidance: 'none',
    sampleBatch(contexts, rng) {
      if (contexts.length > 0)
        assertLength(where, 'contexts', contexts, batchSize, 'make masks for the images of this batch');
      return contexts.map(({ grid }, image) => {
        const begin = (image * maskCount + (mask ?? rng.integer(maskCount))) * pixelCount;
        const pixels = values.subarray(begin, begin + pixelCount); // [H, W]
        const hidden = new Uint8Array(grid.patchCount); // [patches]
        selectHighest(pooledScores(pixels, { height, width }, grid), maskedCountFor(grid.patchCount), hidden);
        return patchMaskOfHidden(hidden);
      });
    },
  };
}
