import { describe, expect, it } from 'vitest';

import { thinnedIndices } from './thinned-indices';

describe('thinnedIndices', () => {
  it('keeps both ends and the order', () => {
    expect(thinnedIndices(3, 5)).toEqual([0, 1, 2]);
    const thinned = thinnedIndices(1009, 101);
    expect([thinned.length, thinned[0], thinned.at(-1)]).toEqual([101, 0, 1008]);
    expect(thinned.every((value, index) => index === 0 || value > thinned[index - 1]!)).toBe(true);
  });
});
