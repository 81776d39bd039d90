// The baselines that need no clustering of features.

import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { cutBackground } from './cut-background';
import { randomParts } from './random-parts';
import { spatialGridParts } from './spatial-grid-parts';

describe('spatialGridParts', () => {
  it('cuts cells as square as can be', () => {
    // biome-ignore format: a picture
    expect(Array.from(spatialGridParts(createPatchGrid(4, 6), 6))).toEqual([
      1, 1, 2, 2, 3, 3,
      1, 1, 2, 2, 3, 3,
      4, 4, 5, 5, 6, 6,
      4, 4, 5, 5, 6, 6,
    ]);
    // Upright images get upright grids; a tie gets fewer rows; a prime gets stripes along the longer side.
    expect(Array.from(spatialGridParts(createPatchGrid(3, 1), 3))).toEqual([1, 2, 3]);
    expect(Array.from(spatialGridParts(createPatchGrid(2, 2), 2))).toEqual([1, 2, 1, 2]);
    expect(Array.from(spatialGridParts(createPatchGrid(7, 2), 5))).toEqual([1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5]);
  });

  it('uses every part about equally', () => {
    const counts = new Uint32Array(13);
    for (const part of spatialGridParts(createPatchGrid(14, 13), 12)) counts[part]!++;
    expect(counts[0]).toBe(0);
    // 14 rows in 3 and 13 columns in 4: cells of 4 to 5 by 3 to 4.
    expect(counts.subarray(1).every((count) => count >= 12 && count <= 20)).toBe(true);
  });

  it('refuses counts that do not fit', () => {
    expect(() => spatialGridParts(createPatchGrid(3, 3), 7)).toThrow(
      'partCount must be rows x columns that fit a grid of 3x3 patches, got 7; choose a count with smaller factors',
    );
  });
});

describe('randomParts', () => {
  const grid = createPatchGrid(13, 11);

  it('draws every part equally often, patch by patch', () => {
    const rng = createRng(2);
    const counts = new Uint32Array(6);
    for (let image = 0; image < 70; image++) {
      for (const part of randomParts({ grid, partCount: 5, rng: rng.split(image) })) counts[part]!++;
    }
    // five standard deviations of a binomial with 10,010 draws: 5 sqrt(10010 / 5 * 4 / 5)
    for (const count of counts.subarray(1)) expect(Math.abs(count - 2002)).toBeLessThan(200);
    expect(counts[0]).toBe(0);
  });

  it('makes blocks that are convex: the straight way between two patches of a part stays in it', () => {
    const parts = randomParts({ grid, partCount: 5, rng: createRng(9), shape: 'blocks' });
    expect(new Set(parts).size).toBeGreaterThan(2);
    for (let row = 0; row < grid.rows; row++) {
      const line = [...parts.subarray(row * grid.columns, (row + 1) * grid.columns)];
      for (const part of new Set(line)) {
        const [first, last] = [line.indexOf(part), line.lastIndexOf(part)];
        expect(new Set(line.slice(first, last + 1)).size).toBe(1);
      }
    }
    expect(randomParts({ grid, partCount: 5, rng: createRng(8), shape: 'blocks' })).not.toEqual(parts);
  });
});

describe('cutBackground', () => {
  it('takes out what Otsu puts below the cut', () => {
    expect(Array.from(cutBackground(Uint8Array.of(1, 2, 3, 1), [0.1, 5, 0.2, 6]))).toEqual([0, 2, 0, 1]);
    expect(() => cutBackground(Uint8Array.of(1), [1, 2])).toThrow('cutBackground: saliency must hold 1 values, got 2');
  });
});
