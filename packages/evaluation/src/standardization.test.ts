import { describe, expect, it } from 'vitest';

import { fitStandardization } from './standardization';

describe('fitStandardization', () => {
  it('uses the training mean and the biased variance, column by column', () => {
    const { apply } = fitStandardization(Float32Array.from([1, 5, 3, 5]), 2); // means 2 and 5, variances 1 and 0
    const [a, b, c, d] = apply(Float32Array.from([4, 5, 0, 6]));
    expect(a).toBeCloseTo(2, 5); // the floor of 1e-6 on a variance of 1 moves it by 1e-6
    expect(b).toBe(0);
    expect(c).toBeCloseTo(-2, 5);
    expect(d).toBeCloseTo(1000, 3); // 1 / √1e-6
  });
});
