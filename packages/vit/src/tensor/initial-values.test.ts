import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { constant, normal, uniform, xavierUniform } from './initial-values';

const variance = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0) / values.length;

describe('initial values', () => {
  it('draws kernels within sqrt(6 / (inputs + outputs)), with the variance of that range', () => {
    const values = xavierUniform([101, 103], createRng(1));
    const bound = Math.sqrt(6 / 204);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.99 * bound);
    // variance bound²/3; its relative standard error over 10,403 draws is sqrt(0.8 / 10403) = 0.9 %
    expect(variance(values) / (bound * bound * (1 / 3))).toBeCloseTo(1, 1);
  });

  it('draws normal, uniform and constant values', () => {
    expect(Math.sqrt(variance(normal(0.02)([10_007], createRng(2)))) / 0.02).toBeCloseTo(1, 1); // standard error 0.7 %
    expect(Math.max(...uniform(0.3)([1009], createRng(2)))).toBeLessThanOrEqual(0.3);
    expect([...constant(1)([2, 3], createRng(2))]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
