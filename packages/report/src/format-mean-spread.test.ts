import { describe, expect, it } from 'vitest';

import { formatMeanSpread } from './format-mean-spread';

describe('formatMeanSpread', () => {
  it('prints mean and sample standard deviation', () => {
    // squares of 2, 4, 4, 4, 5, 5, 7, 9 around 5 sum to 32; 32 / 7 = 4.571, root 2.138
    expect(formatMeanSpread([2, 4, 4, 4, 5, 5, 7, 9])).toBe('5.0 ± 2.1');
    expect(formatMeanSpread([2, 4, 4, 4, 5, 5, 7, 9], { digits: 3 })).toBe('5.000 ± 2.138');
  });

  it('prints fractions times 100 where asked', () => {
    expect(formatMeanSpread([0.599, 0.612, 0.625], { percent: true })).toBe('61.2 ± 1.3');
  });

  it('says that one seed has no spread', () => {
    expect(formatMeanSpread([0.612], { percent: true })).toBe('61.2 (1 seed)');
  });
});
