import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { mixedRatios } from './mixed-ratios';
import { sharedRatio } from './shared-ratio';
import { stratifiedRatios } from './stratified-ratios';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('mixedRatios', () => {
  it('is the recipe of iBOT: half of the images have none, the others U(0.1, 0.5)', () => {
    const ratios = mixedRatios()(4001, createRng(3));
    const some = ratios.filter((ratio) => ratio > 0);
    expect(Math.abs(some.length / 4001 - 0.5)).toBeLessThan(5 * (0.5 / Math.sqrt(4001)));
    expect(Math.min(...some)).toBeGreaterThan(0.1);
    expect(Math.min(...some)).toBeLessThan(0.105);
    expect(Math.max(...some)).toBeGreaterThan(0.495);
    expect(Math.max(...some)).toBeLessThan(0.5);
    // A uniform of width 0.4 deviates by 0.4 / √12.
    expect(Math.abs(mean(some) - 0.3)).toBeLessThan((5 * 0.4) / Math.sqrt(12 * some.length));
  });

  it('refuses what is no share of the patches', () => {
    expect(() => mixedRatios([[0.9, 0.2]])).toThrow('mixedRatios: ratio + variation must be between 0 and 1');
    expect(() => mixedRatios([[0.1, 0.2]])).toThrow('mixedRatios: ratio - variation must be between 0 and 1');
    expect(() => mixedRatios([])).toThrow('there must be at least one pair, got none');
  });
});

describe('sharedRatio', () => {
  it('is one for the batch, and a coin for each image', () => {
    const rng = createRng(3);
    const batches = Array.from({ length: 500 }, () => sharedRatio()(7, rng));
    for (const batch of batches) expect(new Set(batch.filter((ratio) => ratio > 0)).size).toBeLessThan(2);
    const some = batches.flat().filter((ratio) => ratio > 0);
    expect(Math.abs(some.length / 3500 - 0.5)).toBeLessThan(5 * (0.5 / Math.sqrt(3500)));
    expect(Math.min(...some)).toBeGreaterThan(0.1);
    expect(Math.max(...some)).toBeLessThan(0.5);
    expect(sharedRatio({ probability: 1, least: 0.2, most: 0.2 })(3, rng)).toEqual([0.2, 0.2, 0.2]);
    expect(sharedRatio({ probability: 0 })(3, rng)).toEqual([0, 0, 0]);
  });

  it('refuses what is no share', () => {
    expect(() => sharedRatio({ least: 0.5, most: 0.1 })).toThrow('sharedRatio: most must be between 0.5 and 1');
    expect(() => sharedRatio({ probability: Number.NaN })).toThrow('sharedRatio: probability must be between 0 and 1');
  });
});

describe('stratifiedRatios', () => {
  it.each([
    [31, 0.5],
    [7, 0.77],
    [1, 0.5],
    [5, 0],
    [5, 1],
    [0, 0.5],
  ])('of %i images at share %d masks exactly the whole part, one ratio in each stratum', (imageCount, share) => {
    const rng = createRng(5);
    const maskedImages = Math.trunc(imageCount * share);
    for (let batch = 0; batch < 20; batch++) {
      const ratios = stratifiedRatios({ share })(imageCount, rng);
      expect(ratios).toHaveLength(imageCount);
      const strata = ratios.filter((ratio) => ratio > 0).map((ratio) => ((ratio - 0.1) / 0.4) * maskedImages);
      expect(strata.sort((a, b) => a - b).map(Math.floor)).toEqual(Array.from({ length: maskedImages }, (_, i) => i));
    }
  });

  it('puts every stratum at every image equally often', () => {
    const rng = createRng(5);
    const batches = 2000;
    const sums = [0, 0, 0, 0, 0];
    for (let batch = 0; batch < batches; batch++) {
      stratifiedRatios({ share: 0.6, least: 0, most: 0.9 })(5, rng).forEach((ratio, image) => {
        sums[image]! += ratio / batches;
      });
    }
    // Three of five images have U(0, 0.9): mean 0.27, mean square 0.162, deviation 0.298.
    for (const sum of sums) expect(Math.abs(sum - 0.27)).toBeLessThan((5 * 0.298) / Math.sqrt(batches));
  });

  it('refuses what is no share', () => {
    expect(() => stratifiedRatios({ least: 0.6 })).toThrow('stratifiedRatios: most must be between 0.6 and 1, got 0.5');
    expect(() => stratifiedRatios({ share: 1.5 })).toThrow('stratifiedRatios: share must be between 0 and 1, got 1.5');
  });
});
