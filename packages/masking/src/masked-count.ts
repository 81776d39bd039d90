// The count every strategy declares: from a ratio or as an integer, checked once, exact for every image.

import { assertFraction, assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';

import { visibleCount } from './visible-count';

/**
 * How a ratio r of N patches becomes a whole number of masked patches, in double precision as published code rounds:
 * - `keep-floor`: M = N - trunc(N * (1 - r)), MAE's `visibleCount`;
 * - `mask-floor`: M = trunc(N * r), AttMask and the random masks of iBOT;
 * - `mask-ceil`: M = ceil(N * r), SimMIM.
 */
export type CountPolicy = 'keep-floor' | 'mask-ceil' | 'mask-floor';

/** How many patches a strategy hides: a ratio with its policy, or a count. Without either, `maskRatio` is 0.75 (MAE §4.1) unless the strategy says otherwise. */
export interface MaskedCountOptions {
  /** Fraction of patches hidden from the encoder, in (0, 1). */
  maskRatio?: number | undefined;
  /** How `maskRatio` is rounded. Default `keep-floor`, MAE. */
  countPolicy?: CountPolicy | undefined;
  /** M itself, from 1 to N - 1, for grids whose ratio rounds awkwardly. */
  maskedCount?: number | undefined;
}

/** Masked patches for a grid of N patches. */
export type MaskedCountRule = (patchCount: number) => number;

/** M of N patches at a ratio in [0, 1], which may be 0 or N. Without a policy it is MAE's. */
export function maskedCountAt(maskRatio: number, patchCount: number, policy: CountPolicy = 'keep-floor'): number {
  assertRange('maskedCountAt', 'maskRatio', maskRatio, 0, 1);
  switch (policy) {
    case 'keep-floor':
      return patchCount - visibleCount(patchCount, maskRatio);
    case 'mask-floor':
      return Math.trunc(patchCount * maskRatio);
    case 'mask-ceil':
      return Math.ceil(patchCount * maskRatio);
    default:
      return policy satisfies never;
  }
}

/**
 * Checks the options now and returns the rule that checks each grid: at least one patch stays visible, one is masked.
 * `defaultRatio` is for strategies whose published ratio is not MAE's.
 */
export function maskedCountRule(
  where: string,
  { maskRatio, countPolicy, maskedCount }: MaskedCountOptions,
  defaultRatio = 0.75,
): MaskedCountRule {
  if (maskedCount !== undefined) {
    if (maskRatio !== undefined || countPolicy !== undefined) {
      const other = maskRatio === undefined ? `countPolicy ${countPolicy}` : `maskRatio ${maskRatio}`;
      throw new SemmaeError({
        where,
        requirement: 'maskedCount must stand alone, without maskRatio or countPolicy',
        got: `${other} and maskedCount ${maskedCount}`,
        remedy: 'drop one of them',
      });
    }
    assertInteger(where, 'maskedCount', maskedCount);
    return (patchCount) => assertLeavesBothSides(where, patchCount, maskedCount);
  }
  const ratio = maskRatio ?? defaultRatio;
  const policy = countPolicy ?? 'keep-floor';
  assertFraction(where, 'maskRatio', ratio);
  assertOneOf(where, 'countPolicy', policy, ['keep-floor', 'mask-floor', 'mask-ceil']);
  return (patchCount) => assertLeavesBothSides(where, patchCount, maskedCountAt(ratio, patchCount, policy));
}

function assertLeavesBothSides(where: string, patchCount: number, maskedCount: number): number {
  if (maskedCount >= 1 && maskedCount < patchCount) return maskedCount;
  throw new SemmaeError({
    where,
    requirement: `at least one of ${patchCount} patches must stay visible and one be masked`,
    got: `${maskedCount} masked`,
    remedy: 'choose another maskRatio, give an integer maskedCount, or use smaller patches',
  });
}
