import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { maskFrequency } from '../mask-frequency';
import { describeMaskingStrategy } from '../testing';
import { unitMasking } from './unit-masking';

describeMaskingStrategy(() => unitMasking({ unit: 2 }), {
  maskedCount: ({ patchCount }) => 4 * Math.ceil((patchCount / 4) * 0.6),
  grids: [createPatchGrid(14, 14), createPatchGrid(6, 10), createPatchGrid(2, 22)],
});
describeMaskingStrategy(() => unitMasking({ unit: 1, maskedCount: 5 }), {
  title: 'unit of one patch',
  maskedCount: () => 5,
});

const maskedOf = (rows: number, columns: number, options: Parameters<typeof unitMasking>[0], seed = 1) =>
  unitMasking(options).sample({ grid: createPatchGrid(rows, columns), progress: 0 }, createRng(seed)).masked;

describe('unitMasking', () => {
  it.each([
    { image: 192, unit: 32, patch: 4, units: 22, patches: 1408 }, // of 36 units, 2304 patches
    { image: 224, unit: 32, patch: 16, units: 30, patches: 120 }, // of 49 units, 196 patches
    { image: 192, unit: 64, patch: 64, units: 6, patches: 6 }, // of 9
  ])('hides $units units of $unit in $image pixels', ({ image, unit, patch, units, patches }) => {
    const side = image / patch;
    expect(maskedOf(side, side, { unit: unit / patch })).toHaveLength(patches);
    expect(patches).toBe(units * (unit / patch) ** 2);
  });

  it.each([2, 3])('hides or shows every unit of %i patches whole, on grids that are not square', (unit) => {
    const [rows, columns] = [5 * unit, 7 * unit];
    const hidden = new Set(maskedOf(rows, columns, { unit }, 3));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const corner = (row - (row % unit)) * columns + column - (column % unit);
        expect(hidden.has(row * columns + column)).toBe(hidden.has(corner));
      }
    }
  });

  it('hides every unit equally often', () => {
    const draws = 4000;
    const context = { grid: createPatchGrid(10, 14), progress: 0 }; // 35 units, of which 21 are hidden
    const frequency = maskFrequency(unitMasking({ unit: 2 }), context, { draws, rng: createRng(4) });
    const expected = 21 / 35;
    const fiveSigma = 5 * Math.sqrt((expected * (1 - expected)) / draws);
    for (const value of frequency) expect(Math.abs(value - expected)).toBeLessThan(fiveSigma);
  });

  it('takes a count of whole units, or a ratio rounded another way', () => {
    expect(maskedOf(6, 6, { unit: 3, maskedCount: 27 })).toHaveLength(27);
    expect(maskedOf(14, 14, { unit: 2, countPolicy: 'mask-floor' })).toHaveLength(29 * 4);
  });

  it('is what the published algorithm gives on the same noise', () => {
    const fixture = JSON.parse(readFileSync(new URL('__fixtures__/block-masks.json', import.meta.url), 'utf8'));
    for (const { seed, settings, hidden } of fixture.simmim) {
      const [image, unit, patch, maskRatio] = settings;
      const grid = createPatchGrid(image / patch, image / patch);
      const ours = new Uint8Array(grid.patchCount);
      unitMasking({ unit: unit / patch, maskRatio }).hide!({ grid, progress: 0 }, ours, replayedRng(seed));
      expect(ours).toEqual(hiddenOfHex(hidden, grid.patchCount));
    }
  });

  it('says what is wrong with its options and with a grid', () => {
    expect(() => unitMasking({ unit: 0 })).toThrow('unitMasking: unit must be an integer of at least 1, got 0');
    expect(() => unitMasking({ unit: 2.5 })).toThrow('unitMasking: unit must be an integer of at least 1, got 2.5');
    expect(() => unitMasking({ unit: 2, maskRatio: 1.5 })).toThrow(/^unitMasking: maskRatio must .*, got 1.5/);
    expect(() => unitMasking({ unit: 2, maskedCount: 27 })).toThrow(
      'unitMasking: maskedCount must be a multiple of the 4 patches of a unit, got 27; the nearest is 28',
    );
    expect(() => maskedOf(14, 15, { unit: 2 })).toThrow(
      'unitMasking: rows and columns of the grid must be multiples of the unit (2 patches), got 14x15 patches; choose another unit or image size',
    );
    expect(() => maskedOf(2, 2, { unit: 2 })).toThrow(/at least one of 1 patches must stay visible/);
  });
});
