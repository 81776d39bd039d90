// The ratios of DINOv2: as many masked images in every batch, and their ratios spread evenly.

import { assertRange } from '@semmae/core';

import type { MaskRatios } from './mask-ratios';

export interface StratifiedRatiosOptions {
  /** Ratios lie between `least` and `most`. Default 0.1. */
  least?: number | undefined;
  /** Default 0.5. */
  most?: number | undefined;
  /** Share of the images that are masked, in [0, 1]. Default 0.5. */
  share?: number | undefined;
}

/**
 * Exactly n = trunc(share · B) images of a batch are masked, at random places; [least, most] is cut into n equal strata, and each
 * of the n ratios is uniform in one of them.
 *
 * Reference: Oquab et al., "DINOv2: Learning Robust Visual Features without Supervision", https://arxiv.org/abs/2304.07193,
 * and the batches of its code
 */
export function stratifiedRatios({ least = 0.1, most = 0.5, share = 0.5 }: StratifiedRatiosOptions = {}): MaskRatios {
  assertRange('stratifiedRatios', 'least', least, 0, 1);
  assertRange('stratifiedRatios', 'most', most, least, 1);
  assertRange('stratifiedRatios', 'share', share, 0, 1);
  return (imageCount, rng) => {
    const maskedImages = Math.trunc(imageCount * share);
    const stratum = (most - least) / maskedImages;
    const ratios = Array.from({ length: imageCount }, (_, image) =>
      image < maskedImages ? least + stratum * (image + rng.uniform()) : 0,
    );
    return rng.shuffle(ratios);
  };
}
