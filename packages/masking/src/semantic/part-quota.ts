// How many patches of each part are masked: Algorithm 1 of SemMAE, in whole patches.

import { assertRange, SemmaeError } from '@semmae/core';

import { selectHighest } from '../selection/select-highest';

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
  assignQuota(quota, { sizes, order, partCount: order.length, patchCount, maskedCount, alpha });
  return quota;
}

// Room for one call at a time, by rank in the order of the parts.
let fractions = new Float64Array(0);
let isRoundedUp = new Uint8Array(0);

/** `partQuota` without its checks and without memory of its own, into `quota` [P]. The order is the first `partCount` of `order`. */
export function assignQuota(
  quota: Int32Array,
  {
    sizes,
    order,
    partCount,
    patchCount,
    maskedCount,
    alpha,
  }: PartQuotaInput & { partCount: number; patchCount: number },
): void {
  if (fractions.length < partCount) {
    fractions = new Float64Array(partCount);
    isRoundedUp = new Uint8Array(partCount);
  }
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
  selectHighest(fractions, left, isRoundedUp, partCount); // ties keep the order
  for (let rank = 0; rank < partCount; rank++) quota[order[rank]!]! += isRoundedUp[rank]!;
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
