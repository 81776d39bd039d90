// The count every strategy declares: from a ratio or as an integer, checked once, exact for every image.

import { assertFraction, assertInteger, SemmaeError } from '@semmae/core';

import { visibleCount } from './visible-count';

/** How many patches a strategy hides. Give one of the two; without either, `maskRatio` is 0.75 (MAE §4.1). */
export interface MaskedCountOptions {
  /** Fraction of patches hidden from the encoder, in (0, 1): M = N - `visibleCount(N, maskRatio)`. */
  maskRatio?: number;
  /** M itself, from 1 to N - 1, for grids whose ratio rounds awkwardly. */
  maskedCount?: number;
}

/** Masked patches for a grid of N patches. */
export type MaskedCountRule = (patchCount: number) => number;

/** Checks the options now and returns the rule that checks each grid: at least one patch stays visible, one is masked. */
export function maskedCountRule(where: string, { maskRatio, maskedCount }: MaskedCountOptions): MaskedCountRule {
  if (maskRatio !== undefined && maskedCount !== undefined) {
    throw new SemmaeError({
      where,
      requirement: 'only one of maskRatio and maskedCount may be given',
      got: `maskRatio ${maskRatio} and maskedCount ${maskedCount}`,
      remedy: 'drop one of them',
    });
  }
  if (maskedCount !== undefined) {
    assertInteger(where, 'maskedCount', maskedCount);
    return (patchCount) => assertLeavesBothSides(where, patchCount, maskedCount);
  }
  const ratio = maskRatio ?? 0.75;
  assertFraction(where, 'maskRatio', ratio);
  return (patchCount) => assertLeavesBothSides(where, patchCount, patchCount - visibleCount(patchCount, ratio));
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
