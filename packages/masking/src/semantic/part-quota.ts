// How many patches of each part are masked: Algorithm 1 of SemMAE, in whole patches.

import { assertRange, SemmaeError } from '@semmae/core';

export interface PartQuotaInput {
  /** [P] patches of each part; a part may be empty. */
  sizes: ArrayLike<number>;
  /** M, the total to mask. */
  maskedCount: number;
  /** 0 masks the same share of every part, 1 masks whole parts in the given order. */
  alpha: number;
  /** The order in which whole parts are masked, also the order that breaks ties in rounding. Empty parts may be left out. */
  order: ArrayLike<number>;
}

/** Fractions that differ by less are ties: the sums below carry rounding errors of about 1e-13 patches. */
const tieWidth = 1e-9;

/**
 * [P] patches to mask in each part, summing to exactly M and never above a part's size.
 *
 * The paper leaves (1 - α) * share + α * whole as real numbers. They are rounded here by largest remainders: each part
 * gets the whole patches of its quota, and the patches left go to the parts with the largest fractions.
 *
 * Reference: Li et al., "SemMAE", Algorithm 1, https://arxiv.org/abs/2206.10207
 */
export function partQuota({ sizes, maskedCount, alpha, order }: PartQuotaInput): Int32Array {
  const patchCount = Array.from(sizes).reduce((sum, size) => sum + size, 0);
  assertRange('partQuota', 'alpha', alpha, 0, 1);
  assertRange('partQuota', 'maskedCount', maskedCount, 0, patchCount);
  assertOrdersAllParts(order, sizes, patchCount);
  const quota = new Int32Array(sizes.length);
  const partCount = order.length;
  const fractions = new Int32Array(partCount);
  assignQuota(quota, { sizes, order, partCount, patchCount, maskedCount, alpha, fractions });
  return quota;
}

export interface AssignQuotaInput extends PartQuotaInput {
  /** The order is the first `partCount` of `order`. */
  partCount: number;
  /** N */
  patchCount: number;
  /** [partCount] or longer: room for the fractions of the quotas, by rank in the order and in units of the tie width. */
  fractions: Int32Array;
}

/** `partQuota` without its checks and without memory of its own, into `quota` [P]. */
export function assignQuota(
  quota: Int32Array,
  { sizes, order, partCount, patchCount, maskedCount, alpha, fractions }: AssignQuotaInput,
): void {
  let budget = maskedCount; // what is left for parts that are masked whole
  let left = maskedCount;
  for (let rank = 0; rank < partCount; rank++) {
    const part = order[rank]!;
    const size = sizes[part]!;
    const share = (maskedCount / patchCount) * size;
    const whole = Math.min(size, budget);
    budget -= whole;
    const exact = (1 - alpha) * share + alpha * whole;
    quota[part] = Math.floor(exact + tieWidth);
    fractions[rank] = Math.round(Math.max(0, exact - quota[part]!) / tieWidth);
    left -= quota[part]!;
  }
  for (; left > 0; left--) {
    const rank = firstOfHighest(fractions, partCount);
    quota[order[rank]!]! += 1;
    fractions[rank] = -1;
  }
}

/** Parts are few, and so are the patches left. */
function firstOfHighest(values: Int32Array, count: number): number {
  let highest = 0;
  for (let rank = 1; rank < count; rank++) if (values[rank]! > values[highest]!) highest = rank;
  return highest;
}

function assertOrdersAllParts(order: ArrayLike<number>, sizes: ArrayLike<number>, patchCount: number): void {
  const ordered = new Set(Array.from(order));
  const reached = [...ordered].reduce((sum, part) => sum + (sizes[part] ?? Number.NaN), 0);
  if (reached === patchCount && ordered.size === order.length) return;
  throw new SemmaeError({
    where: 'partQuota',
    requirement: 'order must name every part that has patches once',
    got: order,
    remedy: `pass a permutation of 0 … ${sizes.length - 1}`,
  });
}
