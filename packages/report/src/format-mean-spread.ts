// "61.2 ± 1.3": results over seeds, as tables print them.

import { assertInteger, SemmaeError } from '@semmae/core';

export interface FormatMeanSpreadOptions {
  /** Digits after the point. Default 1. */
  digits?: number;
  /** Values are fractions, printed times 100 without a sign: the unit stands in the column's head. Default false. */
  percent?: boolean;
}

/** Mean ± sample standard deviation (n - 1) of one value per seed; a single value says so: "61.2 (1 seed)". */
export function formatMeanSpread(
  values: ArrayLike<number>,
  { digits = 1, percent = false }: FormatMeanSpreadOptions = {},
): string {
  assertInteger('formatMeanSpread', 'digits', digits, { least: 0 });
  const { mean, spread } = meanSpread(values);
  const factor = percent ? 100 : 1;
  const middle = (mean * factor).toFixed(digits);
  return spread === undefined ? `${middle} (1 seed)` : `${middle} ± ${(spread * factor).toFixed(digits)}`;
}

export interface MeanSpread {
  readonly mean: number;
  /** Sample standard deviation (n - 1); undefined for a single value, which has none. */
  readonly spread: number | undefined;
}

/** Mean and spread of at least one finite value. */
export function meanSpread(values: ArrayLike<number>): MeanSpread {
  const numbers = Array.from(values);
  const wrong = numbers.find((value) => !Number.isFinite(value));
  if (numbers.length === 0 || wrong !== undefined) {
    const got = numbers.length === 0 ? 'none' : wrong;
    const remedy = 'leave out seeds that failed, and say how many';
    throw new SemmaeError({
      where: 'meanSpread',
      requirement: 'values must be at least one finite number',
      got,
      remedy,
    });
  }
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  if (numbers.length === 1) return { mean, spread: undefined };
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (numbers.length - 1)) };
}
