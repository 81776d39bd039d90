import { createPatchGrid, createRng, type PatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { type GridMaskingOptions, gridMasking } from './grid-masking';
import { maskFrequency } from './mask-frequency';
import { describeMaskingStrategy } from './testing';

const hiddenBy = (cell: number) => (grid: PatchGrid) =>
  grid.patchCount - Math.ceil(grid.rows / cell) * Math.ceil(grid.columns / cell);

describeMaskingStrategy(() => gridMasking(), { deterministic: true, maskedCount: hiddenBy(2) });
describeMaskingStrategy(() => gridMasking({ cell: 3, place: [2, 1] }), {
  title: 'grid of 3 x 3, fixed',
  deterministic: true,
  maskedCount: hiddenBy(3),
});
describeMaskingStrategy(() => gridMasking({ place: 'random' }), { title: 'grid, random', maskedCount: hiddenBy(2) });

function picture(options: GridMaskingOptions, grid: PatchGrid): string[] {
  const { visible } = gridMasking(options).sample({ grid, progress: 0 }, createRng(1));
  const rows = Array.from({ length: grid.rows }, () => Array<string>(grid.columns).fill('#'));
  for (const patch of visible) rows[Math.floor(patch / grid.columns)]![patch % grid.columns] = '.';
  return rows.map((row) => row.join(''));
}

describe('gridMasking', () => {
  it("hides 147 of 196, MAE's 0.75", () => {
    const { masked } = gridMasking().sample({ grid: createPatchGrid(14, 14), progress: 0 }, createRng(1));
    expect(masked).toHaveLength(147);
  });

  it('keeps the same place of every cell, and the nearest to it of cells that are cut off', () => {
    expect(picture({}, createPatchGrid(4, 5))).toEqual(['.#.#.', '#####', '.#.#.', '#####']);
    expect(picture({ place: [1, 0] }, createPatchGrid(3, 5))).toEqual(['#####', '.#.#.', '.#.#.']);
    expect(picture({ cell: 3, place: [1, 2] }, createPatchGrid(4, 5))).toEqual(['#####', '##.#.', '#####', '##.#.']);
  });

  it('keeps exactly one patch of every cell, each equally often', () => {
    const grid = createPatchGrid(5, 7);
    const strategy = gridMasking({ cell: 3, place: 'random' });
    const rng = createRng(2);
    for (let draw = 0; draw < 50; draw++) {
      const { visible } = strategy.sample({ grid, progress: 0 }, rng);
      const cells = [...visible].map((patch) => `${Math.floor(patch / 7 / 3)} ${Math.floor((patch % 7) / 3)}`);
      expect(new Set(cells).size).toBe(6); // 2 x 3 cells
      expect(cells).toHaveLength(6);
    }
    const draws = 5000;
    const frequency = maskFrequency(strategy, { grid, progress: 0 }, { draws, rng: createRng(3) });
    frequency.forEach((hidden, patch) => {
      const [row, column] = [Math.floor(patch / 7), patch % 7];
      const visible = 1 / ((row < 3 ? 3 : 2) * (column < 6 ? 3 : 1)); // the size of the patch's cell
      const bound = 5 * Math.sqrt((visible * (1 - visible)) / draws); // 5 standard deviations of a binomial frequency
      expect(Math.abs(1 - hidden - visible)).toBeLessThan(bound);
    });
  });

  it('refuses cells of one patch, places outside, and a grid of one patch', () => {
    expect(() => gridMasking({ cell: 1 })).toThrow(/gridMasking: cell must be an integer of at least 2, got 1/);
    expect(() => gridMasking({ place: [0, 2] })).toThrow(/place must be 'random' or \[row, column\] from 0 to 1, got/);
    expect(() => gridMasking().sample({ grid: createPatchGrid(1, 1), progress: 0 }, createRng(1))).toThrow(
      /more patches than cells, got 1 x 1 patches; /,
    );
  });
});
