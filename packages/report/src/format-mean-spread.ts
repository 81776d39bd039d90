// "61.2 ± 1.3": results over seeds, as tables print them.

import { assertInteger, meanSpread } from '@semmae/core';

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
