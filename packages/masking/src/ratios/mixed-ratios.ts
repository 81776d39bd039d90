// The ratios of iBOT: each image draws its own, often none.

import { assertRange, SemmaeError } from '@semmae/core';

import type { MaskRatios } from './mask-ratios';

/**
 * For each image: from every pair [ratio, variation] a draw U(ratio - variation, ratio + variation), then one of the draws at
 * random. Default [0, 0] and [0.3, 0.2]: half of the images are not masked, the others by U(0.1, 0.5).
 *
 * Reference: iBOT's published recipe, https://arxiv.org/abs/2111.07832, appendix
 */
export function mixedRatios(
  pairs: readonly (readonly [ratio: number, variation: number])[] = [
    [0, 0],
    [0.3, 0.2],
  ],
): MaskRatios {
  if (pairs.length === 0)
    throw new SemmaeError({ where: 'mixedRatios', requirement: 'there must be at least one pair', got: 'none' });
  for (const [ratio, variation] of pairs) {
    assertRange('mixedRatios', 'ratio - variation', ratio - variation, 0, 1);
    assertRange('mixedRatios', 'ratio + variation', ratio + variation, 0, 1);
  }
  return (imageCount, rng) =>
    Array.from({ length: imageCount }, () => {
      const draws = pairs.map(([ratio, variation]) => ratio + variation * (2 * rng.uniform() - 1));
      return draws[rng.integer(draws.length)]!;
    });
}
