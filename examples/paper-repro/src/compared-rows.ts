// One row for each strategy: means over seeds, and what is left of its difference from random masks when each seed is compared
// with itself.

import { comparePaired, type PairedComparison } from '@semmae/evaluation';

import type { ProbeResult } from './results';
import type { StrategyName } from './strategies';

export interface ComparedRow {
  strategy: StrategyName;
  /** Of the seeds, in their order; empty where there are no classes. */
  linear: number[];
  knn: number[];
  imagesPerSecond: number;
  seconds: number;
  /** Linear probe minus that of random masks with the same initial weights, order and flips; undefined for random masks. */
  versusRandom?: PairedComparison;
}

export function comparedRows(results: readonly ProbeResult[]): ComparedRow[] {
  const of = (name: StrategyName) => results.filter(({ strategy }) => strategy === name);
  const random = of('random');
  return [...new Set(results.map(({ strategy }) => strategy))].map((strategy) => {
    const own = of(strategy);
    const linear = own.flatMap(({ linear: value }) => value ?? []);
    const baseline = random.flatMap(({ linear: value }) => value ?? []);
    const comparable = strategy !== 'random' && linear.length > 0 && linear.length === baseline.length;
    return {
      ...{ strategy, linear, knn: own.flatMap(({ knn }) => knn ?? []) },
      imagesPerSecond: mean(own.map((one) => one.imagesPerSecond)),
      seconds: mean(own.map((one) => one.seconds)),
      ...(comparable && { versusRandom: comparePaired(linear, baseline) }),
    };
  });
}

/** '+1.4 ± 0.6' in percentage points: mean difference and its standard error. */
export function formatPaired({ mean: difference, standardError }: PairedComparison): string {
  const points = (value: number) => (100 * value).toFixed(1);
  const sign = difference < 0 ? '−' : '+';
  const error = standardError === undefined ? '' : ` ± ${points(standardError)}`;
  return `${sign}${points(Math.abs(difference))}${error}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
