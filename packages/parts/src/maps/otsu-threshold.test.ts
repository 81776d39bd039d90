import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { otsuThreshold } from './otsu-threshold';

/** Variance between the classes of the cut that `threshold` makes. */
function betweenClasses(values: number[], threshold: number): number {
  const [low, high] = [values.filter((value) => value < threshold), values.filter((value) => value >= threshold)];
  if (low.length === 0 || high.length === 0) return 0;
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return low.length * high.length * (mean(low) - mean(high)) ** 2;
}

describe('otsuThreshold', () => {
  it('cuts halfway between two clusters', () => {
    expect(otsuThreshold([0, 0, 10, 0, 10])).toBe(5);
    expect(otsuThreshold([1, 2, 3, 11, 12, 13])).toBe(7);
    // cuts of [0, 1, 5]: 2 * 3^2 = 18 after 0, 2 * 4.5^2 = 40.5 after 1
    expect(otsuThreshold([5, 0, 1])).toBe(3);
  });

  it('leaves equal values in one class', () => {
    expect(otsuThreshold([4, 4, 4])).toBe(4);
    expect(otsuThreshold(Float32Array.of(0.1))).toBeCloseTo(0.1, 7);
  });

  it('moves with scale and offset', () => {
    const values = [0.5, 1, 1.5, 8, 9, 30];
    expect(otsuThreshold(values.map((value) => 4 * value + 3))).toBe(4 * otsuThreshold(values) + 3);
  });

  it('finds the best of all cuts', () => {
    const rng = createRng(1);
    for (let trial = 0; trial < 50; trial++) {
      const values = Array.from({ length: 23 }, () => rng.integer(13) ** 2);
      const best = Math.max(...values.map((value) => betweenClasses(values, value)));
      // the same sums in another order
      expect(betweenClasses(values, otsuThreshold(values)) / best).toBeCloseTo(1, 10);
    }
  });

  it('needs values', () => {
    expect(() => otsuThreshold([])).toThrow('otsuThreshold: there must be values');
  });
});
