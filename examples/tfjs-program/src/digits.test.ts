import { describe, expect, it } from 'vitest';

import { drawDigits } from './digits';

describe('drawDigits', () => {
  it('draws the same pictures for the same seed, others for another', () => {
    expect(drawDigits(7, 1)).toEqual(drawDigits(7, 1));
    expect(drawDigits(7, 1).pixels).not.toEqual(drawDigits(7, 2).pixels);
  });

  it('draws ten digits about equally often, brighter inside than around', () => {
    const count = 2000;
    const { pixels, labels } = drawDigits(count, 3);
    for (let digit = 0; digit < 10; digit++) {
      const share = labels.filter((label) => label === digit).length / count;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.03); // more than four standard deviations of 0.0067
    }
    const mean = (column: number) =>
      pixels.reduce((sum, value, index) => (index % 8 === column ? sum + value : sum), 0) / (count * 8);
    expect(mean(4)).toBeGreaterThan(mean(0) + 0.1);
  });
});
