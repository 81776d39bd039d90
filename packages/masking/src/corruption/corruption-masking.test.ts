import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { maskFrequency } from '../mask-frequency';
import { describeMaskingStrategy } from '../testing';
import { corruptionMasking, publishedCorruptionMasking } from './corruption-masking';

const publishedBlock = (side: number) => Math.round((0.3 * side * 16 - 1) / 16); // in patches of 16 pixels

describeMaskingStrategy(() => corruptionMasking(), { maskedCount: ({ patchCount }) => Math.ceil(patchCount / 2) });
describeMaskingStrategy(() => corruptionMasking({ maskedCount: 7 }), {
  title: 'corruption, 7 patches',
  maskedCount: () => 7,
});
describeMaskingStrategy(() => publishedCorruptionMasking({ patchSize: 16 }), {
  maskedCount: ({ rows, columns }) =>
    Math.ceil(rows * columns * 0.5) - 1 + publishedBlock(rows) * publishedBlock(columns),
  variableCount: true,
  grids: [createPatchGrid(14, 14), createPatchGrid(6, 10), createPatchGrid(7, 11)],
});

const grid = createPatchGrid(14, 14);
const context = { grid, progress: 0 };

describe('corruptionMasking', () => {
  it('hides every patch about equally often', () => {
    const draws = 10_000;
    for (const maskedCount of [39, 98, 157]) {
      const frequency = maskFrequency(corruptionMasking({ maskedCount }), context, { draws, rng: createRng(1) });
      const expected = maskedCount / 196;
      // 5 standard deviations, and 0.015 for a last block of many patches being more likely off the border.
      const bound = 5 * Math.sqrt((expected * (1 - expected)) / draws) + 0.015;
      for (const value of frequency) expect(Math.abs(value - expected)).toBeLessThan(bound);
    }
  });

  it('hides blocks, not single patches: neighbors are mostly alike', () => {
    const hidden = new Uint8Array(196);
    const rng = createRng(2);
    const strategy = corruptionMasking();
    let alike = 0;
    for (let draw = 0; draw < 500; draw++) {
      strategy.hide!(context, hidden, rng);
      for (let patch = 0; patch < 196; patch++) if (patch % 14 > 0) alike += +(hidden[patch] === hidden[patch - 1]);
    }
    expect(alike / (500 * 182)).toBeGreaterThan(0.6); // random masks: 0.497
  });

  describe('as published', () => {
    const strategy = publishedCorruptionMasking({ patchSize: 16 });

    it('overshoots as measured elsewhere over 400 masks: 98 to 111 of 196, 0.511 of them on average', () => {
      const rng = createRng(3);
      const counts = Array.from({ length: 2000 }, () => strategy.sample(context, rng).masked.length);
      expect(Math.min(...counts)).toBe(98);
      expect(Math.max(...counts)).toBeGreaterThan(107);
      expect(Math.max(...counts)).toBeLessThan(98 + 16); // blocks are at most 4 x 4
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length / 196;
      // The spread is about 0.014: 5 * 0.014 / sqrt(400) = 0.0035 for the reference, less for ours, and its last digit.
      expect(Math.abs(mean - 0.511)).toBeLessThan(0.0055);
    });

    it('hides the top left less than the bottom right, as measured elsewhere over 400 masks', () => {
      const draws = 10_000;
      const frequency = maskFrequency(strategy, context, { draws, rng: createRng(4) });
      const center = [90, 91, 104, 105].reduce((sum, patch) => sum + frequency[patch]! / 4, 0);
      for (const [found, expected] of [
        [frequency[0]!, 0.11],
        [frequency[195]!, 0.32],
        [center, 0.57],
      ] as const) {
        const variance = expected * (1 - expected);
        expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt(variance / draws + variance / 400));
      }
      expect(frequency[195]! / frequency[0]!).toBeGreaterThan(2);
    });

    it('draws its target between a half and ratios beyond', () => {
      const rng = createRng(5);
      const most = publishedCorruptionMasking({ maskRatio: 0.8 });
      const counts = Array.from({ length: 1000 }, () => most.sample(context, rng).masked.length);
      expect(Math.min(...counts)).toBeLessThan(0.53 * 196);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(98);
      expect(Math.max(...counts)).toBeGreaterThan(0.78 * 196);
    });

    it('is what the published algorithm gives on the same noise', () => {
      const fixture = JSON.parse(readFileSync(new URL('__fixtures__/corruption-masks.json', import.meta.url), 'utf8'));
      expect(fixture.length).toBe(120);
      for (const { seed, settings, hidden } of fixture) {
        const [height, width, patchSize, maskRatio] = settings;
        const on = createPatchGrid(height / patchSize, width / patchSize);
        const ours = new Uint8Array(on.patchCount);
        const published = publishedCorruptionMasking({ maskRatio, patchSize });
        published.hide!({ grid: on, progress: 0 }, ours, replayedRng(seed));
        expect(ours).toEqual(hiddenOfHex(hidden, on.patchCount));
      }
    });
  });

  it('says what is wrong with its options and with a grid', () => {
    expect(() => corruptionMasking({ maskRatio: 0 })).toThrow(
      /^corruptionMasking: maskRatio must .* between 0 and 1, got 0/,
    );
    expect(() => publishedCorruptionMasking({ maskRatio: Number.NaN })).toThrow(/maskRatio must .*, got NaN/);
    expect(() => publishedCorruptionMasking({ patchSize: 0 })).toThrow(
      'publishedCorruptionMasking: patchSize must be an integer of at least 1, got 0',
    );
    const small = { grid: createPatchGrid(3, 14), progress: 0 };
    expect(() => publishedCorruptionMasking().sample(small, createRng(1))).toThrow(
      'publishedCorruptionMasking: 0.3 of the shorter side must be longer than a tile of 16 pixels, got 3 tiles; use smaller tiles, or',
    );
  });

  it('ends with an error where published blocks never reach the last row and column', () => {
    // 0.3 of 5 patches of 8 pixels are 12: blocks of 8 to 11 pixels are of one patch.
    const strategy = publishedCorruptionMasking({ maskRatio: 0.99, patchSize: 8 });
    const five = { grid: createPatchGrid(5, 5), progress: 0 };
    const rng = createRng(6);
    expect(() => {
      for (let draw = 0; draw < 20; draw++) strategy.sample(five, rng);
    }).toThrow(
      /^publishedCorruptionMasking: blocks must reach \d+\.\d % of the image, got 64\.0 % after 1250 blocks; lower the ratio or use more and smaller patches$/,
    );
  });
});
