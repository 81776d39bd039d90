import { createPatchGrid, createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { blockMasking, hideBlocks } from './block-masking';
import { fixCount } from './fix-count';
import { maskFrequency } from './mask-frequency';
import { describeMaskingStrategy } from './testing';

describeMaskingStrategy(() => blockMasking());
describeMaskingStrategy(() => blockMasking({ maskedCount: 11, minimumBlock: 4 }), {
  title: 'block, 11 patches',
  maskedCount: () => 11,
});

const grid = createPatchGrid(14, 14);
const published = { maskedCount: 75, minimumBlock: 16, minimumAspect: 0.3 }; // BEiT on 14 x 14

describe('hideBlocks, BEiT before the exact-count rule', () => {
  const count = (hidden: Uint8Array) => hidden.reduce((sum, value) => sum + value, 0);

  it.each([0, 1, 75, 118, 195, 196])('ends and never exceeds %i', (maskedCount) => {
    const rng = createRng(3);
    for (let draw = 0; draw < 300; draw++) {
      const hidden = hideBlocks(grid, { ...published, maskedCount }, rng);
      expect(count(hidden)).toBeLessThanOrEqual(maskedCount);
      expect(count(fixCount(hidden, maskedCount, rng))).toBe(maskedCount);
    }
  });

  // Exact hits measured with an independent implementation over at least 10,000 masks, so both sides vary.
  it.each([
    [75, 16, 0.67],
    [75, 4, 0.93],
    [147, 16, 0.65],
    [177, 4, 0.31],
  ])(
    'reaches %i with blocks of at least %i as often as measured elsewhere: %f',
    (maskedCount, minimumBlock, expected) => {
      const draws = 2000;
      const rng = createRng(4);
      let exact = 0;
      for (let draw = 0; draw < draws; draw++) {
        if (count(hideBlocks(grid, { ...published, maskedCount, minimumBlock }, rng)) === maskedCount) exact += 1;
      }
      // 5 standard deviations at 2,000 draws, plus half a percent for the rounded reference.
      expect(Math.abs(exact / draws - expected)).toBeLessThan(
        5 * Math.sqrt((expected * (1 - expected)) / draws) + 0.005,
      );
    },
  );

  it('never spans a side: a mask that is one rectangle is shorter than the grid both ways', () => {
    const narrow = createPatchGrid(5, 7);
    const rng = createRng(5);
    let rectangles = 0;
    for (let draw = 0; draw < 2000; draw++) {
      const hidden = hideBlocks(narrow, { maskedCount: 12, minimumBlock: 12, minimumAspect: 0.3 }, rng);
      const patches = [...hidden.keys()].filter((patch) => hidden[patch] === 1);
      const height = new Set(patches.map((patch) => Math.floor(patch / 7))).size;
      const width = new Set(patches.map((patch) => patch % 7)).size;
      if (height * width !== patches.length) continue;
      rectangles += 1;
      expect(height).toBeLessThan(5);
      expect(width).toBeLessThan(7);
    }
    expect(rectangles).toBeGreaterThan(100); // 3 x 4, 4 x 3 and 2 x 6 are all likely
  });
});

describe('blockMasking', () => {
  it('favours the centre and still reaches all four corners', () => {
    const draws = 20_000;
    const context = { grid, progress: 0 };
    const strategy = blockMasking({ maskedCount: 75 });
    const frequency = maskFrequency(strategy, context, { draws, rng: createRng(6) });
    const corners = [0, 13, 182, 195].map((patch) => frequency[patch]!);
    const centre = [90, 91, 104, 105].map((patch) => frequency[patch]!);
    expect(Math.min(...corners)).toBeGreaterThan(0); // an exclusive bound would never mask the last row and column
    expect(Math.min(...centre) / Math.max(...corners)).toBeGreaterThan(8);
    // All four corners are alike by symmetry: 5 standard deviations around their mean.
    const mean = corners.reduce((sum, value) => sum + value / 4, 0);
    for (const corner of corners)
      expect(Math.abs(corner - mean)).toBeLessThan(5 * Math.sqrt((mean * (1 - mean)) / draws));
  });

  it('ends with the exact count on any grid, count and block size', () => {
    const side = fc.integer({ min: 1, max: 17 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 40 }), fc.integer(), (rows, columns, minimumBlock, seed) => {
        fc.pre(rows * columns > 1);
        const rng = createRng(seed);
        const maskedCount = 1 + rng.integer(rows * columns - 1);
        const context = { grid: createPatchGrid(rows, columns), progress: 0 };
        expect(blockMasking({ maskedCount, minimumBlock }).sample(context, rng).masked.length).toBe(maskedCount);
      }),
    );
  });

  it('refuses blocks and aspects that cannot be drawn', () => {
    expect(() => blockMasking({ minimumBlock: 0 })).toThrow(/minimumBlock must be an integer of at least 1, got 0/);
    expect(() => blockMasking({ minimumAspect: 1 })).toThrow(/minimumAspect must lie strictly between 0 and 1, got 1/);
  });
});
