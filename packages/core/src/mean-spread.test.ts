import { describe, expect, it } from 'vitest';

import { meanSpread } from './mean-spread';

describe('meanSpread', () => {
  it('is the mean and the sample standard deviation', () => {
    // squares around 5 sum to 32; n - 1 = 7
    expect(meanSpread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, spread: Math.sqrt(32 / 7) });
    expect(meanSpread([3])).toEqual({ mean: 3, spread: undefined });
  });

  it('refuses nothing and NaN', () => {
    expect(() => meanSpread([])).toThrow(/at least one finite number, got none/);
    expect(() => meanSpread([1, Number.NaN])).toThrow(/finite number, got NaN; leave out seeds that failed/);
  });
});
