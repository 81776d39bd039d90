// Normalized mutual information of two labelings.

import type { ContingencyTable } from './part-contingency';

/**
 * 2 I(predicted; truth) / (H(predicted) + H(truth)): the arithmetic mean in the denominator, as in scikit-learn.
 * In [0, 1]; 1 when both labelings have a single cluster. Null without samples.
 */
export function normalizedMutualInformation(table: ContingencyTable): number | null {
  const rowSums = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnSums = (table[0] ?? []).map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0));
  const total = rowSums.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const entropies = entropy(rowSums, total) + entropy(columnSums, total);
  if (entropies === 0) return 1;
  let information = 0;
  table.forEach((row, r) => {
    row.forEach((count, c) => {
      // Ratios before the logarithm: products of two counts may pass 2^53.
      if (count > 0) information += (count / total) * Math.log(count / rowSums[r]! / (columnSums[c]! / total));
    });
  });
  return Math.min(1, Math.max(0, (2 * information) / entropies));
}

/** In nats. */
function entropy(counts: readonly number[], total: number): number {
  return counts.reduce((sum, count) => sum - (count > 0 ? (count / total) * Math.log(count / total) : 0), 0);
}
