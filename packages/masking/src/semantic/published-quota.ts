// How many patches of each part SemMAE's published code marks, before it cuts the marks to the fixed count.

import { roundHalfToEven } from '../round-half-to-even';

export interface PublishedQuotaInput {
  /** Patches of each part, by id. */
  sizes: ArrayLike<number>;
  /** Ids in the order in which they are masked whole; the first `partCount` of them count. */
  order: ArrayLike<number>;
  partCount: number;
  /** N */
  patchCount: number;
  maskRatio: number;
  /** As it comes: beyond 1 quotas leave 0 … size, as they did in trainings of more than 800 epochs. */
  alpha: number;
}

/**
 * Writes the quota of each ordered part into `quota`, by id. Algorithm 1 with three roundings: the budget for whole parts
 * is truncated, each part's share is rounded, and so is their mixture, halves to the even number. The sum drifts by up to
 * four patches from the count unless α is 1.
 */
export function assignPublishedQuota(
  quota: Int32Array,
  { sizes, order, partCount, patchCount, maskRatio, alpha }: PublishedQuotaInput,
): void {
  let budget = Math.trunc(maskRatio * patchCount);
  for (let rank = 0; rank < partCount; rank++) {
    const part = order[rank]!;
    const size = sizes[part]!;
    const share = roundHalfToEven(maskRatio * size);
    const whole = Math.min(size, Math.max(0, budget));
    budget -= size;
    quota[part] = roundHalfToEven((1 - alpha) * share + alpha * whole);
  }
}
