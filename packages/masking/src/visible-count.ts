// How many patches stay visible at a masking ratio, rounded exactly as the published MAE models were trained.

import { assertInteger, assertRange } from '@semmae/core';

/**
 * K = trunc(N * (1 - maskRatio)) in double precision, for a ratio in [0, 1]. This is not N - round(N * maskRatio): 100
 * patches at 0.9 keep 9, because 100 * (1 - 0.9) is 9.999…. The result can be 0 for very few patches; strategies refuse
 * that.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export function visibleCount(patchCount: number, maskRatio: number): number {
  assertInteger('visibleCount', 'patchCount', patchCount);
  assertRange('visibleCount', 'maskRatio', maskRatio, 0, 1);
  return Math.trunc(patchCount * (1 - maskRatio));
}
