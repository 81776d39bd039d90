import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { heatValues } from './heat-values';

const grid = createPatchGrid(2, 3);
const size = { height: 10, width: 21 };

describe('heatValues', () => {
  it('is exact at patch centers and linear between them', () => {
    const heat = heatValues('test', [0, 10, 20, 30, 40, 50], grid, size, 'bilinear');
    const at = (y: number, x: number) => heat[y * 21 + x]!;
    expect([at(2, 3), at(2, 10), at(7, 17)]).toEqual([0, 10, 50]); // centers of 5 x 7 patches are pixels
    expect(at(2, 4)).toBeCloseTo(10 / 7, 5); // float32
    expect(at(3, 3)).toBeCloseTo(30 / 5, 5);
    expect(at(0, 0)).toBe(0); // constant beyond the outermost centers
  });
});
