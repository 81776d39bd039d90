// A batch of masks from two things: a law of ratios, and how a share of one image is hidden.

import { assertRange, type Rng } from '@semmae/core';

import { assertGuidance } from '../guidance';
import type { BatchMaskingStrategy, MaskingContext, MaskingGuidance } from '../masking-strategy';
import { strategyFromHideBatch } from '../strategy-from-hide';
import type { MaskRatios } from './mask-ratios';

/** What all strategies with ratios share. */
export interface RatioOptions {
  /** How much of each image is hidden. */
  ratios?: MaskRatios | undefined;
  /** `context.progress` before which nothing is hidden, in [0, 1]: iBOT's start epoch, over all epochs. Default 0. */
  from?: number | undefined;
}

export interface BatchFromRatiosOptions {
  ratios: MaskRatios;
  from: number;
  where: string;
  name: string;
  guidance: MaskingGuidance;
  /**
   * Sets all N entries of `hidden`, about `maskedCount` of them to 1; called where `maskedCount`, trunc(ratio · N) but at most
   * N - 1, is not 0.
   */
  hide(context: MaskingContext, maskedCount: number, ratio: number, hidden: Uint8Array, rng: Rng): void;
}

/** All ratios are drawn first, then the masks, image by image. */
export function batchFromRatios({
  where,
  name,
  guidance,
  ratios,
  from,
  hide,
}: BatchFromRatiosOptions): BatchMaskingStrategy {
  assertRange(where, 'from', from, 0, 1);
  let row = new Uint8Array(0); // [N] of one image
  return strategyFromHideBatch({
    name,
    guidance,
    hideBatch(contexts, hidden, rng) {
      const ratioOf = ratios(contexts.length, rng);
      for (let image = 0; image < contexts.length; image++) {
        const context = contexts[image]!;
        const { patchCount } = context.grid;
        if (row.length !== patchCount) row = new Uint8Array(patchCount);
        const ratio = context.progress < from ? 0 : ratioOf[image]!;
        if (context.progress >= from) assertGuidance(where, guidance, context); // also where the law leaves it unmasked
        if (!(ratio >= 0 && ratio <= 1)) assertRange(where, `the ratio of image ${image}`, ratio, 0, 1);
        const maskedCount = Math.min(patchCount - 1, Math.trunc(ratio * patchCount));
        if (maskedCount < 1) row.fill(0);
        else hide(context, maskedCount, ratio, row, rng);
        hidden.set(row, image * patchCount);
      }
    },
  });
}
