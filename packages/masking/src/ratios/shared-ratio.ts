// The ratios of AttMask: one for the batch, and a coin for each image.

import { assertRange } from '@semmae/core';

import type { MaskRatios } from './mask-ratios';

export interface SharedRatioOptions {
  /** The ratio is U(least, most). Default 0.1. */
  least?: number | undefined;
  /** Default 0.5. */
  most?: number | undefined;
  /** Probability that an image is masked at all. Default 0.5. */
  probability?: number | undefined;
}

/**
 * One ratio U(least, most) for the batch; each image is masked by it with `probability`, otherwise not at all.
 *
 * Reference: Kakogeorgiou et al., "What to Hide from Your Students", https://arxiv.org/abs/2203.12719; its recipe r = 0.3 ± 0.2
 */
export function sharedRatio({ least = 0.1, most = 0.5, probability = 0.5 }: SharedRatioOptions = {}): MaskRatios {
  assertRange('sharedRatio', 'least', least, 0, 1);
  assertRange('sharedRatio', 'most', most, least, 1);
  assertRange('sharedRatio', 'probability', probability, 0, 1);
  return (imageCount, rng) => {
    const ratio = least + (most - least) * rng.uniform();
    return Array.from({ length: imageCount }, () => (rng.uniform() < probability ? ratio : 0));
  };
}
