import { createPatchGrid, createRng, type PatchGrid } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMaskingStrategy } from '../testing';
import { type SquareMaskingOptions, squareMasking } from './square-masking';

describeMaskingStrategy(() => squareMasking(), {
  grids: [createPatchGrid(14, 14), createPatchGrid(7, 11), createPatchGrid(5, 7)],
});
describeMaskingStrategy(() => squareMasking({ side: 5 }), {
  title: 'square of side 5',
  maskedCount: () => 25,
  deterministic: true,
  grids: [createPatchGrid(14, 14), createPatchGrid(6, 10), createPatchGrid(7, 11)],
});

function picture(grid: PatchGrid, options: SquareMaskingOptions, seed = 1): string[] {
  const { masked } = squareMasking(options).sample({ grid, progress: 0 }, createRng(seed));
  const hidden = new Set(masked);
  return Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columns }, (_, column) => (hidden.has(row * grid.columns + column) ? '#' : '.')).join(''),
  );
}

describe('squareMasking', () => {
  it.each<SquareMaskingOptions>([{ side: 8 }, { maskRatio: 0.25 }, { maskedCount: 64 }])(
    'hides rows and columns 4 … 11 of a 16 x 16 grid with %o, whatever the seed',
    (options) => {
      const grid = createPatchGrid(16, 16);
      const expected = Array.from({ length: 16 }, (_, row) =>
        row >= 4 && row < 12 ? '....########....' : '.'.repeat(16),
      );
      expect(picture(grid, options, 1)).toEqual(expected);
      expect(picture(grid, options, 2)).toEqual(expected);
    },
  );

  it.each<SquareMaskingOptions>([{ side: 8 }, { side: 10, overlap: 2 }, { maskedCount: 100 }])(
    'does not change when the grid is turned by a quarter, with %o',
    (options) => {
      const rows = picture(createPatchGrid(16, 16), options);
      const turned = rows.map((_, row) => rows.map((line) => line[row]).reverse());
      expect(turned.map((line) => line.join(''))).toEqual(rows);
    },
  );

  it('sits up and left by half a patch where it cannot be centered', () => {
    expect(picture(createPatchGrid(4, 6), { side: 3 })).toEqual(['.###..', '.###..', '.###..', '......']);
  });

  it('hides the rings inside the count and random patches of the next one', () => {
    const grid = createPatchGrid(5, 5);
    const [first, second] = [picture(grid, { maskedCount: 11 }, 1), picture(grid, { maskedCount: 11 }, 2)];
    for (const rows of [first, second]) {
      expect(rows.slice(1, 4).map((row) => row.slice(1, 4))).toEqual(['###', '###', '###']);
      expect(rows.join('').match(/#/g)).toHaveLength(11);
    }
    expect(first).not.toEqual(second);
  });

  it('becomes a band where the square outgrows a side', () => {
    expect(picture(createPatchGrid(2, 6), { maskedCount: 8 })).toEqual(['.####.', '.####.']);
  });

  it('is its own mirror image both ways when its rings are full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 }), fc.nat(), (rows, columns, ring) => {
        const height = rows - 2 * (ring % Math.ceil(rows / 2));
        const width = columns - rows + height; // the same distance from every border
        fc.pre(width >= 1 && height * width < rows * columns && Math.abs(rows - columns) <= 1);
        const image = picture(createPatchGrid(rows, columns), { maskedCount: height * width });
        expect([...image].reverse()).toEqual(image);
        expect(image.map((row) => [...row].reverse().join(''))).toEqual(image);
      }),
    );
  });

  it('refuses squares that do not fit, hide everything, or are given twice', () => {
    const grid = createPatchGrid(3, 5);
    expect(() => picture(grid, { side: 4 })).toThrow(
      /must fit a grid of 3x5 patches .* got side 4; half the shorter side is 1/,
    );
    expect(() => picture(createPatchGrid(3, 3), { side: 3 })).toThrow(/leave some visible/);
    expect(() => squareMasking({ side: 2, maskRatio: 0.5 })).toThrow(/side excludes maskRatio and maskedCount/);
    expect(() => squareMasking({ side: 0 })).toThrow(/side must be an integer of at least 1/);
  });
});
