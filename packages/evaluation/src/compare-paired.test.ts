import { createRng, meanSpread } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { comparePaired } from './compare-paired';

describe('comparePaired', () => {
  it('gives mean and standard error of the differences', () => {
    // differences 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, variance 14 / 3, standard error √(14 / 12)
    const { differences, mean, standardError } = comparePaired([2, 4, 6, 10], [1, 2, 3, 4]);
    expect([differences, mean]).toEqual([[1, 2, 3, 6], 3]);
    expect(standardError).toBeCloseTo(Math.sqrt(14 / 12), 12);
    expect(comparePaired([0.5], [0.25])).toEqual({ differences: [0.25], mean: 0.25, standardError: undefined });
    expect(comparePaired([2, 3], [1, 2]).standardError).toBe(0);
  });

  it('does not see what all models share of a seed', () => {
    const rng = createRng(1);
    const luck = Array.from({ length: 11 }, () => 10 * rng.normal());
    const [a, b] = [
      luck.map((value) => value + 1 + 0.1 * rng.normal()),
      luck.map((value) => value + 0.1 * rng.normal()),
    ];
    const { mean, standardError } = comparePaired(a, b);
    // noise of 0.14 around a difference of 1, over √11; the luck of seeds spreads both by 10
    expect(Math.abs(mean - 1)).toBeLessThan(4 * (0.1414 / Math.sqrt(11)));
    expect(standardError!).toBeLessThan(0.1);
    expect(meanSpread(a).spread).toBeGreaterThan(3);
  });

  it('refuses other seeds', () => {
    expect(() => comparePaired([1, 2], [1])).toThrow('comparePaired: b must hold 2 values, got 1; compare runs of the');
  });
});
