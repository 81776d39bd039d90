// A named line of a chart.

import { SemmaeError } from '@semmae/core';

export type Point = readonly [x: number, y: number];

export interface Series {
  name: string;
  /** In order of x. */
  points: readonly Point[];
  /** Half height of the band around each point, one per point, in units of y: usually one standard deviation. */
  spread?: readonly number[];
}

/** Passes series that can be drawn: at least one point, all finite, a spread for every point or none. */
export function assertSeries(where: string, series: readonly Series[], { positive }: { positive: boolean }): void {
  for (const { name, points, spread } of series) {
    const named = `series "${name}"`;
    if (points.length === 0) throw new SemmaeError({ where, requirement: `${named} must hold points`, got: 'none' });
    const wrong = points.find((point) => !point.every(Number.isFinite));
    if (wrong) {
      const remedy = 'cut the series where the run diverged, and say so';
      throw new SemmaeError({ where, requirement: `${named} must be finite`, got: wrong, remedy });
    }
    const low = positive ? points.find(([, y]) => y <= 0) : undefined;
    if (low) {
      const remedy = 'draw it on a linear scale';
      throw new SemmaeError({
        where,
        requirement: `${named} must be positive on a logarithmic scale`,
        got: low,
        remedy,
      });
    }
    if (spread && (spread.length !== points.length || !spread.every((value) => value >= 0 && Number.isFinite(value)))) {
      const requirement = `the spread of ${named} must hold ${points.length} finite values of at least 0`;
      throw new SemmaeError({ where, requirement, got: spread });
    }
  }
}
