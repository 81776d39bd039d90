import { describe, expect, it } from 'vitest';

import { meanSeries } from './mean-series';
import type { Point } from './series';

describe('meanSeries', () => {
  it('has the mean and the sample standard deviation of each point', () => {
    const runs: Point[][] = [
      [
        [0, 1],
        [5, 10],
      ],
      [
        [0, 3],
        [5, 10],
      ],
    ];
    const series = meanSeries('a', runs);
    expect(series.points).toEqual([
      [0, 2],
      [5, 10],
    ]);
    expect(series.spread).toEqual([Math.SQRT2, 0]);
    expect(meanSeries('a', runs.slice(1))).toEqual({ name: 'a', points: runs[1] });
  });

  it('refuses runs measured at different steps', () => {
    expect(() => meanSeries('a', [[[0, 1]], [[1, 1]]])).toThrow(/runs of "a" must share their 1 x values/);
  });
});
