// One series from the runs of several seeds.

import { meanSpread, SemmaeError } from '@semmae/core';

import type { Point, Series } from './series';

/** Mean and standard deviation (n - 1) over runs that were measured at the same x; one run has no band. */
export function meanSeries(name: string, runs: readonly (readonly Point[])[]): Series {
  const [first, ...others] = runs;
  if (first === undefined)
    throw new SemmaeError({ where: 'meanSeries', requirement: `"${name}" must have runs`, got: 'none' });
  for (const run of others) {
    if (run.length === first.length && run.every(([x], index) => x === first[index]![0])) continue;
    throw new SemmaeError({
      where: 'meanSeries',
      requirement: `runs of "${name}" must share their ${first.length} x values`,
      got: `${run.length} others`,
      remedy: 'cut the runs to the steps they have in common',
    });
  }
  const statistics = first.map((_, index) => meanSpread(runs.map((run) => run[index]![1])));
  const points = statistics.map(({ mean }, index): Point => [first[index]![0], mean]);
  return others.length === 0 ? { name, points } : { name, points, spread: statistics.map(({ spread }) => spread ?? 0) };
}
