// The adjusted Rand index of two labelings, exact however large the data set.

import type { ContingencyTable } from './part-contingency';

/**
 * Agreement over pairs of samples, corrected for chance: 1 for equal partitions, about 0 for independent ones.
 * 1 when both partitions are trivial (one cluster, or all singletons). Null with fewer than two samples: there is nothing to agree on.
 *
 * Pair counts of a data set of pixels pass 2^53 (4.5e8 pixels have 1e17 pairs), so they are BigInt.
 *
 * Reference: Hubert & Arabie, "Comparing partitions", Journal of Classification 1985.
 */
export function adjustedRandIndex(table: ContingencyTable): number | null {
  const rowSums = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnSums = (table[0] ?? []).map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0));
  const together = sum(table.map((row) => sum(row.map(pairs))));
  const predicted = sum(rowSums.map(pairs));
  const truth = sum(columnSums.map(pairs));
  const all = pairs(rowSums.reduce((total, count) => total + count, 0));
  if (all === 0n) return null;
  // (S - AB/T) / ((A + B)/2 - AB/T), multiplied through by 2T.
  const numerator = 2n * (together * all - predicted * truth);
  const denominator = (predicted + truth) * all - 2n * predicted * truth;
  return denominator === 0n ? 1 : ratio(numerator, denominator);
}

/** count choose 2. */
function pairs(count: number): bigint {
  const samples = BigInt(count);
  return (samples * (samples - 1n)) / 2n;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** Quotient to 18 decimals, more than a double of this size holds. */
function ratio(numerator: bigint, denominator: bigint): number {
  const decimals = 10n ** 18n;
  return Number((numerator * decimals) / denominator) / 1e18;
}
