import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { drawRegion, regionAreas } from './region-areas';
import { regionPattern } from './region-pattern';

describe('regionPattern', () => {
  it('is bicubic, and its crops are accepted as published, on the same noise', () => {
    const fixture = JSON.parse(readFileSync(new URL('__fixtures__/regions.json', import.meta.url), 'utf8'));
    for (const { seed, rows, columns, cells, patternGrids, everyTenth, masked, crops } of fixture) {
      const grid = createPatchGrid(rows, columns);
      const pattern = regionPattern(grid, cells, patternGrids, replayedRng(seed));
      expect([pattern.rows, pattern.columns]).toEqual([rows * patternGrids, columns * patternGrids]);
      everyTenth.forEach((value: number, index: number) => {
        expect(Math.abs(pattern.values[10 * index]! - value)).toBeLessThan(1e-5); // float32, five digits
      });
      const areas = regionAreas(pattern, 0.25);
      expect(areas.hidden).toEqual(hiddenOfHex(masked, pattern.values.length));
      crops.forEach((crop: string, index: number) => {
        const hidden = new Uint8Array(grid.patchCount);
        drawRegion('a test', areas, grid, [0.2, 0.3], hidden, replayedRng(index + 1));
        expect(hidden).toEqual(hiddenOfHex(crop, grid.patchCount));
      });
    }
  });

  it('keeps constant noise constant and one cell a patch as it is', () => {
    const flat = { ...createRng(1), uniform: () => 0.375 };
    for (const value of regionPattern(createPatchGrid(5, 7), 3, 4, flat).values) expect(value).toBeCloseTo(0.375, 6);
    const grid = createPatchGrid(4, 9); // sqrt(N) = 6 cells of one patch
    const noise = createRng(2);
    const expected = Float32Array.from({ length: 8 * 18 }, () => noise.uniform());
    expect(regionPattern(grid, 6, 2, createRng(2)).values).toEqual(expected);
  });

  it('is below 0.25 for about 0.17 of its places, and a fifth of its crops are accepted', () => {
    // Measured elsewhere with splines, which vary more: 0.18 and a third. Patterns of 123 x 123 cells differ from each other.
    const grid = createPatchGrid(32, 32);
    let [below, accepted] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const areas = regionAreas(regionPattern(grid, 7.68, 16, createRng(seed)), 0.25);
      below += areas.areas.at(-1)! / areas.hidden.length / 3;
      const rng = createRng(seed);
      const width = areas.columns + 1;
      for (let crop = 0; crop < 2000; crop++) {
        const corner = rng.integer(areas.rows - 31) * width + rng.integer(areas.columns - 31);
        const { areas: sums } = areas;
        const area = sums[corner + 32 * width + 32]! - sums[corner + 32 * width]! - sums[corner + 32]! + sums[corner]!;
        if (area > 0.2 * 1024 && area < 0.3 * 1024) accepted += 1 / 6000;
      }
    }
    expect(below).toBeGreaterThan(0.155);
    expect(below).toBeLessThan(0.185);
    expect(accepted).toBeGreaterThan(0.14);
    expect(accepted).toBeLessThan(0.35);
  });
});

describe('regionAreas', () => {
  it('knows the area of any crop', () => {
    const pattern = regionPattern(createPatchGrid(5, 7), 4, 2, createRng(3));
    const { hidden, areas } = regionAreas(pattern, 0.4);
    const rng = createRng(4);
    for (let crop = 0; crop < 50; crop++) {
      const [top, left] = [rng.integer(10), rng.integer(14)];
      const [bottom, right] = [top + 1 + rng.integer(10 - top), left + 1 + rng.integer(14 - left)];
      let counted = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) counted += hidden[row * 14 + column]!;
      }
      const at = (row: number, column: number) => areas[row * 15 + column]!;
      expect(at(bottom, right) - at(bottom, left) - at(top, right) + at(top, left)).toBe(counted);
    }
  });
});
