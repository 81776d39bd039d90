import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { blurKernel, blurMap, defaultBlurSize } from './map-blur';

describe('blurKernel', () => {
  it('is the 7-tap Gaussian of sigma 1.4', () => {
    const weights = blurKernel({ kind: 'gaussian', size: 7 });
    const raw = [-3, -2, -1, 0, 1, 2, 3].map((x) => Math.exp(-(x * x) / (2 * 1.4 * 1.4)));
    const total = raw.reduce((sum, value) => sum + value, 0);
    // doubles
    weights.forEach((weight, tap) => {
      expect(weight).toBeCloseTo(raw[tap]! / total, 14);
    });
  });

  it('lets less than 1 % of the finest texture through, a box 14 % with its sign inverted', () => {
    const alternating = (weights: number[]) =>
      weights.reduce((sum, weight, tap) => sum + weight * (-1) ** (tap + 1), 0);
    // response at the Nyquist frequency, signed for the center tap
    const center = -1;
    expect(Math.abs(alternating(blurKernel({ kind: 'gaussian', size: 7 })))).toBeLessThan(0.01);
    expect(alternating(blurKernel({ kind: 'box', size: 7 })) * center).toBeCloseTo(1 / 7, 14);
  });

  it('refuses even sizes and unknown kinds', () => {
    expect(() => blurKernel({ kind: 'box', size: 4 })).toThrow('size must be odd, got 4; use 5');
    expect(() => blurKernel({ kind: 'median' as 'box', size: 3 })).toThrow('got median');
  });
});

describe('blurMap', () => {
  it('mirrors at both ends and keeps constants', () => {
    // biome-ignore format: a matrix
    expect([...blurMap(4, [0.25, 0.5, 0.25], 2).matrix]).toEqual([
      1, 1, 0, 0,
      0.5, 1, 0.5, 0,
      0, 0.5, 1, 0.5,
      0, 0, 1, 1,
    ]);
    const { matrix } = blurMap(5, blurKernel({ kind: 'gaussian', size: 7 }));
    for (let row = 0; row < 5; row++) {
      // five float32 weights
      expect(matrix.subarray(5 * row, 5 * row + 5).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    }
  });
});

describe('defaultBlurSize', () => {
  it('is a quarter of the grid, odd', () => {
    const sizes = [5, 8, 14, 16, 28, 56].map((side) => defaultBlurSize(createPatchGrid(side, 60)));
    expect(sizes).toEqual([3, 3, 3, 5, 7, 15]);
  });
});
