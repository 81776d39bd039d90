// How much of each view is hidden: the ratio laws of iBOT and AttMask.

import { assertRange, type Rng, SemmaeError } from '@semmae/core';

/** One ratio in [0, 1] for each view of a batch; 0 hides nothing. */
export type MaskRatios = (viewCount: number, rng: Rng) => number[];

/**
 * For each view: from every pair [ratio, variation] a draw U(ratio - variation, ratio + variation), then one of the draws at
 * random. Default [0, 0] and [0.3, 0.2]: half of the views are not masked, the others by U(0.1, 0.5).
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
  return (viewCount, rng) =>
    Array.from({ length: viewCount }, () => {
      const draws = pairs.map(([ratio, variation]) => ratio + variation * (2 * rng.uniform() - 1));
      return draws[rng.integer(draws.length)]!;
    });
}

/**
 * One ratio U(least, most) for the batch; each view is masked by it with `probability`, otherwise not at all. Default
 * U(0.1, 0.5) and 0.5, AttMask.
 *
 * Reference: Kakogeorgiou et al., https://arxiv.org/abs/2203.12719
 */
export function sharedRatio({
  least = 0.1,
  most = 0.5,
  probability = 0.5,
}: {
  least?: number;
  most?: number;
  probability?: number;
} = {}): MaskRatios {
  assertRange('sharedRatio', 'least', least, 0, 1);
  assertRange('sharedRatio', 'most', most, least, 1);
  assertRange('sharedRatio', 'probability', probability, 0, 1);
  return (viewCount, rng) => {
    const ratio = least + (most - least) * rng.uniform();
    return Array.from({ length: viewCount }, () => (rng.uniform() < probability ? ratio : 0));
  };
}
