import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { resamplePartAttention } from './resample-part-attention';

function resample(attention: ArrayLike<number>, from: [number, number], to: [number, number], partCount = 1): number[] {
  const [fromGrid, toGrid] = [createPatchGrid(...from), createPatchGrid(...to)];
  return Array.from(resamplePartAttention({ attention: Float32Array.from(attention), partCount, fromGrid, toGrid }));
}

describe('resamplePartAttention', () => {
  it('averages 2x2 cells when the patch size doubles, part by part', () => {
    const two = [1, 3, 0, 4, 5, 7, 8, 0, ...[10, 10, 2, 2, 10, 10, 2, 2]];
    expect(resample(two, [2, 4], [1, 2], 2)).toEqual([4, 3, 10, 2]);
  });

  it('weighs by area where patches do not line up', () => {
    // 3 -> 2: each new patch covers one and a half old ones
    expect(resample([6, 12, 3], [1, 3], [1, 2]).map((value) => value * 3)).toEqual([24, 18]);
  });

  it('interpolates between patch centers when it grows, clamped at the border', () => {
    expect(resample([0, 8], [1, 2], [1, 4])).toEqual([0, 2, 6, 8]);
    expect(resample([0, 8], [2, 1], [4, 1])).toEqual([0, 2, 6, 8]);
  });

  it('keeps maps of the same grid and constants of any, and the mean when it shrinks', () => {
    const rng = createRng(1);
    const map = Array.from({ length: 35 }, () => rng.integer(64));
    expect(resample(map, [5, 7], [5, 7])).toEqual(map);
    for (const value of resample(new Array(35).fill(3), [5, 7], [11, 3])) expect(value).toBeCloseTo(3, 5); // float32
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(resample(map, [5, 7], [3, 2]))).toBeCloseTo(mean(map), 4); // float32 of values up to 64
  });
});
