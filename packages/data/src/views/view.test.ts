import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { fullView, sampleView } from './view';

const source = { sourceHeight: 53, sourceWidth: 71 };

describe('sampleView', () => {
  it('stays inside the image, within scale and ratio, and flips half of the time', () => {
    const rng = createRng(1);
    const views = Array.from({ length: 4000 }, () => sampleView(rng, source));
    for (const { top, left, height, width } of views) {
      expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(53);
      expect(left + width).toBeLessThanOrEqual(71);
      // rounding moves a side of at least 20 pixels by at most 0.5: 2.5 % of a side, 5 % of area and ratio
      expect((height * width) / (53 * 71)).toBeGreaterThan(0.2 * 0.95);
      expect(width / height).toBeGreaterThan((3 / 4) * 0.95);
      expect(width / height).toBeLessThan((4 / 3) * 1.05);
    }
    const flips = views.filter(({ flip }) => flip).length;
    expect(Math.abs(flips - 2000)).toBeLessThan(127); // 4 standard deviations of a fair coin
  });

  it('draws areas uniformly where every area fits', () => {
    const rng = createRng(2);
    const options = { sourceHeight: 401, sourceWidth: 401, scale: [0.1, 0.5] as const };
    const areas = Array.from({ length: 4000 }, () => sampleView(rng, options)).map(
      (v) => (v.height * v.width) / 401 ** 2,
    );
    const mean = areas.reduce((sum, area) => sum + area, 0) / 4000;
    expect(Math.abs(mean - 0.3)).toBeLessThan(0.0075); // 4 standard errors of U(0.1, 0.5)
    expect(areas.filter((area) => area < 0.2).length / 4000).toBeCloseTo(0.25, 1);
  });

  it('takes the largest centered crop when nothing drawn fits', () => {
    const view = sampleView(createRng(3), { sourceHeight: 11, sourceWidth: 101, scale: [1, 1], flip: false });
    expect(view).toEqual({ top: 0, left: 43, height: 11, width: 15, flip: false }); // 11 * 4/3 = 14.7
  });

  it('is the whole image for scale 1 and its own ratio', () => {
    const view = sampleView(createRng(4), { ...source, scale: [1, 1], ratio: [71 / 53, 71 / 53], flip: false });
    expect(view).toEqual(fullView({ height: 53, width: 71 }));
  });

  it('says what is wrong with a scale', () => {
    const rng = createRng(5);
    expect(() => sampleView(rng, { ...source, scale: [0.2, 1.5] })).toThrow('sampleView: scale[1] must be between');
    expect(() => sampleView(rng, { ...source, scale: [0.9, 0.5] })).toThrow(
      'scale must be [least, most], got [0.9, 0.5]',
    );
  });
});
