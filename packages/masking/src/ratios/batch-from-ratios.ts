// A batch of masks from two things: a law of ratios, and how a share of one image is hidden.

import { assertRange, type Rng } from '@semmae/core';

import type { BatchMaskingStrategy, MaskingContext, MaskingGuidance } from '../masking-strategy';
import { type PatchMask, patchMaskOfHidden } from '../patch-mask';
import type { MaskRatios } from './mask-ratios';

/** What all strategies with ratios share. */
export interface RatioOptions {
  /** How much of each image is hidden. */
  ratios?: MaskRatios;
  /** `context.progress` before which nothing is hidden, in [0, 1]: iBOT's start epoch, over all epochs. Default 0. */
  from?: number;
}

export interface BatchFromRatiosOptions extends Required<RatioOptions> {
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
  let hidden = new Uint8Array(0); // [N] of one image
  return {
    name,
    guidance,
    sampleBatch(contexts, rng) {
      const ratioOf = ratios(contexts.length, rng);
      return contexts.map((context, image): PatchMask => {
        const { patchCount } = context.grid;
        if (hidden.length !== patchCount) hidden = new Uint8Array(patchCount);
        const ratio = context.progress < from ? 0 : ratioOf[image]!;
        assertRange(where, `the ratio of image ${image}`, ratio, 0, 1);
        const maskedCount = Math.min(patchCount - 1, Math.trunc(ratio * patchCount));
        if (maskedCount < 1) hidden.fill(0);
        else hide(context, maskedCount, ratio, hidden, rng);
        return patchMaskOfHidden(hidden);
      });
    },
  };
}
