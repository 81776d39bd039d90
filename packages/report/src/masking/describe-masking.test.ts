import { describe, expect, it } from 'vitest';

import { describeCounts } from './count-histogram';
import { describeFrequency, frequencyRange } from './frequency-range';

describe('describeCounts', () => {
  it.each([
    [[0, 0, 0, 9, 0], 'always 3 of 4'],
    [[9, 0, 0, 0, 0], 'always none'],
    [[0, 1, 0, 3, 0], '1 to 3, mean 2.5'],
    [[5, 0, 2, 3, 0], 'none in 50 %, else 2 to 3'],
    [[5, 0, 0, 15, 0], 'none in 25 %, else 3'],
    [[2, 0, 19_998, 0, 0], 'none in 0.010 %, else 2'], // two empty masks in 20,000 are a defect, not 0 %
  ])('says of %j: %s', (counts, text) => {
    expect(describeCounts(counts)).toBe(text);
  });
});

describe('describeFrequency', () => {
  it('gives the least, the most and the mean', () => {
    expect(frequencyRange([0.25, 0.5, 0.75, 0.1])).toEqual({ least: 0.1, mean: 0.4, most: 0.75 });
    expect(describeFrequency([0.25, 0.5, 0.75, 0.1])).toBe('hidden 10.0 to 75.0 %, mean 40.0 %');
  });

  it('tells exact zeros and ones from what rounds to them', () => {
    expect(describeFrequency([0, 1])).toBe('hidden 0 to 100 %, mean 50.0 %');
    expect(describeFrequency([0.0001, 0.9999])).toBe('hidden 0.0 to 100.0 %, mean 50.0 %');
    expect(describeFrequency([0.75, 0.75])).toBe('hidden 75.0 %');
  });
});
