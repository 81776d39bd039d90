import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskFrequency } from '../mask-frequency';
import { describeMaskingStrategy } from '../testing';
import { publishedRandomSquareMasking, randomSquareMasking } from './random-square-masking';

const quarter = { maskedCount: ({ patchCount }: { patchCount: number }) => patchCount - Math.trunc(patchCount * 0.75) };

describeMaskingStrategy(() => randomSquareMasking(), quarter);
describeMaskingStrategy(() => randomSquareMasking({ side: 2, maskedCount: 23 }), {
  title: 'random squares of side 2',
  maskedCount: () => 23,
  grids: [createPatchGrid(7, 11), createPatchGrid(2, 17)],
});
describeMaskingStrategy(() => publishedRandomSquareMasking(), {
  ...quarter,
  title: 'random squares and nothing else',
  variableCount: true,
});

const grid = createPatchGrid(14, 14);
const context = { grid, progress: 0 };

/** [N] 1 where a patch lies in a square of hidden patches. */
function inSquares(hidden: Uint8Array, side: number, columns: number): Uint8Array {
  const covered = new Uint8Array(hidden.length);
  for (let patch = 0; patch < hidden.length; patch++) {
    if ((patch % columns) + side > columns) continue;
    const square = Array.from({ length: side ** 2 }, (_, place) => {
      return patch + Math.floor(place / side) * columns + (place % side);
    });
    if (square.every((member) => hidden[member] === 1)) for (const member of square) covered[member] = 1;
  }
  return covered;
}

describe('randomSquareMasking', () => {
  it.each([1, 2, 3, 4, 7])('hides squares of side %i and nothing else as published, up to a quarter', (side) => {
    const strategy = publishedRandomSquareMasking({ side });
    const hidden = new Uint8Array(196);
    const rng = createRng(1);
    const counts = new Set<number>();
    for (let draw = 0; draw < 200; draw++) {
      strategy.hide!(context, hidden, rng);
      expect(inSquares(hidden, side, 14)).toEqual(hidden);
      counts.add(hidden.reduce((sum, value) => sum + value, 0));
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(49);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(side ** 2);
    if (side === 3 || side === 4) expect(counts.size).toBeGreaterThan(3); // overlaps
  });

  it('reaches every corner alike and favors the center', () => {
    const draws = 10_000;
    const frequency = maskFrequency(randomSquareMasking(), context, { draws, rng: createRng(2) });
    const corners = [0, 13, 182, 195].map((patch) => frequency[patch]!);
    const mean = corners.reduce((sum, value) => sum + value / 4, 0);
    for (const corner of corners) {
      expect(corner).toBeGreaterThan(0);
      expect(Math.abs(corner - mean)).toBeLessThan(5 * Math.sqrt((mean * (1 - mean)) / draws));
    }
    expect(frequency[90]!).toBeGreaterThan(5 * mean);
  });

  it('says what is wrong with its options and with a grid', () => {
    expect(() => randomSquareMasking({ side: 0 })).toThrow(
      'randomSquareMasking: side must be an integer of at least 1, got 0',
    );
    expect(() => randomSquareMasking({ maskRatio: 1 })).toThrow(/^randomSquareMasking: maskRatio must .*, got 1/);
    const tooLarge = (side: number, maskedCount: number) => () =>
      randomSquareMasking({ side, maskedCount }).sample(context, createRng(1));
    expect(tooLarge(15, 195)).toThrow(
      'randomSquareMasking: a square must fit a grid of 14x14 and hide at most 195 patches, got side 15; lower side or raise the count',
    );
    expect(tooLarge(5, 24)).toThrow(/hide at most 24 patches, got side 5/);
  });
});
