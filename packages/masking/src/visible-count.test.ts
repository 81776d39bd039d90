import { describe, expect, it } from 'vitest';

import { visibleCount } from './visible-count';

describe('visibleCount', () => {
  // Published MAE code: int(L * (1 - ratio)) in double precision; each row computed with Python 3.
  it.each([
    [196, 0.6, 78],
    [196, 0.7, 58],
    [196, 0.75, 49],
    [196, 0.8, 39],
    [196, 0.9, 19],
    [100, 0.9, 9], // 100 * (1 - 0.9) = 9.999…
    [25, 0.8, 4],
    [100, 0.8, 19],
    [100, 0.55, 44],
    [400, 0.9, 39],
    [10, 0.9, 0],
    [3, 0.75, 0],
    [7, 0, 7],
    [7, 1, 0],
  ])('keeps of %i patches at ratio %f exactly %i', (patchCount, maskRatio, expected) => {
    expect(visibleCount(patchCount, maskRatio)).toBe(expected);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the ratio %f', (maskRatio) => {
    expect(() => visibleCount(196, maskRatio)).toThrow(/maskRatio must be between 0 and 1/);
  });
});
