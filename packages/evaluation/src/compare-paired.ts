// Two models over the same seeds: what is left of their difference when the luck of each seed is taken out.

import { assertLength, meanSpread } from '@semmae/core';

export interface PairedComparison {
  /** a - b, seed by seed. */
  differences: number[];
  /** Their mean. */
  mean: number;
  /** Standard error of that mean, √(sample variance / n); undefined for a single seed, which tells nothing of it. */
  standardError: number | undefined;
}

/** `a` and `b` are values of the same seeds, in the same order: the same splits, or the same initial weights and order of images. */
export function comparePaired(a: readonly number[], b: readonly number[]): PairedComparison {
  assertLength('comparePaired', 'b', b, a.length, 'compare runs of the same seeds');
  const differences = a.map((value, seed) => value - b[seed]!);
  const { mean, spread } = meanSpread(differences);
  return { differences, mean, standardError: spread && spread / Math.sqrt(differences.length) };
}
