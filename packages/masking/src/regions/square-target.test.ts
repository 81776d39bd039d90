import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { squareMasking } from './square-masking';
import { squareTarget } from './square-target';

describe('squareTarget', () => {
  it('is the 64 x 64 center of 128 x 128, of which 56 x 56 are erased with an overlap of 4', () => {
    const grid = createPatchGrid(128, 128);
    const { masked } = squareMasking({ side: 64, overlap: 4 }).sample({ grid, progress: 0 }, createRng(1));
    expect(masked).toHaveLength(56 ** 2);
    expect(masked.length / grid.patchCount).toBeCloseTo(0.191, 3);
    const { patches, weights } = squareTarget(grid, { side: 64, overlap: 4 });
    expect(patches).toHaveLength(64 ** 2);
    expect([patches[0], patches.at(-1)]).toEqual([32 * 128 + 32, 95 * 128 + 95]);
    expect([...patches].filter((_, place) => weights[place] === 1)).toEqual([...masked]);
    expect([...weights].filter((weight) => weight === 10)).toHaveLength(64 ** 2 - 56 ** 2);
  });

  it('erases all of the target without an overlap', () => {
    const grid = createPatchGrid(7, 10);
    const { patches, weights } = squareTarget(grid, { side: 4 });
    const { masked } = squareMasking({ side: 4 }).sample({ grid, progress: 0 }, createRng(1));
    expect(patches).toEqual(masked);
    expect(new Set(weights)).toEqual(new Set([1]));
  });

  it('weighs the border as told', () => {
    const { weights } = squareTarget(createPatchGrid(5, 7), { side: 3, overlap: 1, overlapWeight: 2.5 });
    expect([...weights]).toEqual([2.5, 2.5, 2.5, 2.5, 1, 2.5, 2.5, 2.5, 2.5]);
  });

  it('says what is wrong with its options', () => {
    const grid = createPatchGrid(5, 7);
    expect(() => squareTarget(grid, { side: 6 })).toThrow(/^squareTarget: the square must fit a grid of 5x7 patches/);
    expect(() => squareTarget(grid, { side: 4, overlap: 2 })).toThrow(
      'squareTarget: overlap must be between 0 and 1, got 2',
    );
    expect(() => squareTarget(grid, { side: 3, overlapWeight: -1 })).toThrow(/overlapWeight must be between 0 and/);
    expect(() => squareMasking({ side: 4, overlap: 0.5 })).toThrow(/overlap must be an integer of at least 0, got 0.5/);
    expect(() => squareMasking({ overlap: 1 })).toThrow('squareMasking: overlap needs side');
  });
});
