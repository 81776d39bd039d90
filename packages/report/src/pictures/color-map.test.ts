import { describe, expect, it } from 'vitest';

import { mappedColor } from './color-map';

describe('mappedColor', () => {
  it('hits the published ends and middle of viridis', () => {
    expect([0, 1].map((value) => mappedColor(value, 'viridis'))).toEqual([
      [68, 1, 84],
      [253, 231, 37],
    ]);
    const middle = mappedColor(0.5, 'viridis'); // matplotlib's entry 128 of 256 is [33, 145, 140]
    for (const [channel, value] of [33, 145, 140].entries())
      expect(Math.abs(middle[channel]! - value)).toBeLessThanOrEqual(3);
  });

  it('gets brighter all the way', () => {
    for (const map of ['viridis', 'magma'] as const) {
      const lightness = Array.from({ length: 200 }, (_, index) => {
        const [red, green, blue] = mappedColor(index / 199, map);
        return 0.299 * red + 0.587 * green + 0.114 * blue;
      });
      for (let index = 1; index < 200; index++) expect(lightness[index]!).toBeGreaterThan(lightness[index - 1]! - 1); // rounding
    }
  });
});
