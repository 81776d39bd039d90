import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { maskStatistics } from '../mask-statistics';
import { patchMaskOfHidden } from '../patch-mask';
import { describeBatchMaskingStrategy, describeMaskingStrategy } from '../testing';
import { type ColorMaskingOptions, colorMasking, publishedColorMasking } from './color-masking';
import type { NoiseColor } from './color-noise';

const colors: NoiseColor[] = ['white', 'red', 'blue', 'green', 'purple'];
const grid = createPatchGrid(14, 14);
const context = { grid, progress: 0 };

describeMaskingStrategy(() => colorMasking({ bank: 2 }));
describeMaskingStrategy(() => colorMasking({ color: 'red', bank: 'fresh', maskRatio: 0.5 }), {
  title: 'color-red, fresh',
  maskedCount: ({ patchCount }) => Math.ceil(patchCount / 2),
});
describeBatchMaskingStrategy(() => publishedColorMasking({ bank: 7 }), {
  title: 'color-green as published',
  expectCounts: (counts, { patchCount }) => {
    for (const count of counts) expect(count).toBe(patchCount - Math.trunc(patchCount * 0.25));
  },
});

/** Correlation of the masks of two patches `lag` apart in a row or a column, over 400 masks. */
function correlation(options: ColorMaskingOptions, lag: number): number {
  const strategy = colorMasking(options);
  const rng = createRng(11);
  const hidden = new Uint8Array(196);
  let [sum, pairs] = [0, 0];
  for (let draw = 0; draw < 400; draw++) {
    strategy.hide!(context, hidden, rng);
    for (let row = 0; row < 14; row++) {
      for (let column = 0; column + lag < 14; column++, pairs += 2) {
        const beside = [row * 14 + column, row * 14 + column + lag] as const;
        const below = [column * 14 + row, (column + lag) * 14 + row] as const;
        for (const [one, other] of [beside, below]) sum += (hidden[one]! - 0.75) * (hidden[other]! - 0.75);
      }
    }
  }
  return sum / pairs / (0.75 * 0.25);
}

describe('colorMasking', () => {
  it.each(colors)('%s hides 147 of 196 patches, whatever the noise', (color) => {
    const { counts } = maskStatistics(colorMasking({ color, bank: 5 }), context, { draws: 200, rng: createRng(1) });
    expect(counts[147]).toBe(200);
  });

  // Known correlations of 400 masks. Over seeds the estimates deviate by at most 0.0037 (measured on 12).
  it.each([
    [{ color: 'white' }, 1, -1 / 195],
    [{ color: 'red', sigma: 2 }, 1, 0.72],
    [{ color: 'blue', sigma: 1 }, 1, -0.09],
    [{ color: 'green', sigma: [1, 2] }, 1, 0.41],
    [{ color: 'green', sigma: [1, 2] }, 3, -0.09],
    [{ color: 'green', sigma: [0.5, 1] }, 1, -0.01],
    [{ color: 'purple', sigma: [1, 2] }, 1, -0.07],
  ] as const)('%o correlates at lag %i by %d', (options, lag, expected) => {
    expect(Math.abs(correlation(options, lag) - expected)).toBeLessThan(5 * 0.0037);
  });

  it('is random masking in white, and without favored places in green', () => {
    const draws = 4000;
    for (const color of ['white', 'green'] as const) {
      const { frequency } = maskStatistics(colorMasking({ color }), context, { draws, rng: createRng(2) });
      for (const share of frequency) expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt(0.1875 / draws));
    }
    // Patches of a distance that no filter reaches are as independent as in random masking: -1/195, too.
    expect(Math.abs(correlation({ color: 'white' }, 7) + 1 / 195)).toBeLessThan(5 * 0.0037);
  });

  it('keeps the first patches of a constant map, and the highest of any other', () => {
    const small = createPatchGrid(3, 5);
    const masked = (values: Float32Array) =>
      colorMasking({ bank: { values, rows: 3, columns: 5 }, maskedCount: 11 }).sample(
        { grid: small, progress: 0 },
        createRng(1),
      ).visible;
    expect([...masked(new Float32Array(15).fill(-2))]).toEqual([0, 1, 2, 3]);
    const seen = new Set<string>();
    const strategy = colorMasking({
      bank: { values: Float32Array.from({ length: 15 }, (_, place) => place), rows: 3, columns: 5 },
      maskedCount: 11,
    });
    const rng = createRng(4);
    for (let draw = 0; draw < 50; draw++)
      seen.add(strategy.sample({ grid: small, progress: 0 }, rng).visible.join(' '));
    // As it is, mirrored left to right, upside down, and both.
    expect([...seen].sort()).toEqual(['0 1 2 3', '1 2 3 4', '10 11 12 13', '11 12 13 14'].sort());
  });

  it('takes every map at every place equally often', () => {
    // 2 maps of 1 x 4, grid of 1 x 2, one patch stays: the higher. Peaks tell which crop it was.
    const values = Float32Array.of(9, 1, 2, 3, 8, 7, 6, 5);
    const strategy = colorMasking({ bank: { values, rows: 1, columns: 4 }, maskedCount: 1 });
    const { frequency } = maskStatistics(
      strategy,
      { grid: createPatchGrid(1, 2), progress: 0 },
      { draws: 4001, rng: createRng(6) },
    );
    for (const share of frequency) expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 4001)); // by mirroring
  });

  it('changes its color at the progress that is asked for', () => {
    const strategy = colorMasking({ color: 'blue', bank: 3, changes: [{ from: 0.5, color: 'red' }] });
    const sampleAt = (masking: typeof strategy, progress: number) => masking.sample({ grid, progress }, createRng(3));
    expect(sampleAt(strategy, 0.49)).toEqual(sampleAt(colorMasking({ color: 'blue', bank: 3 }), 0));
    expect(sampleAt(strategy, 0.5)).toEqual(sampleAt(colorMasking({ color: 'red', bank: 3 }), 0));
    expect(sampleAt(strategy, 1)).not.toEqual(sampleAt(strategy, 0));
  });

  it('depends on its seed, and neither on the order of grids nor on what was sampled before', () => {
    const sample = (options: ColorMaskingOptions) => colorMasking(options).sample(context, createRng(3));
    expect(sample({ bank: 2, seed: 1 })).not.toEqual(sample({ bank: 2, seed: 2 }));
    const used = colorMasking({ bank: 2 });
    used.sample({ grid: createPatchGrid(37, 5), progress: 0 }, createRng(8));
    expect(used.sample(context, createRng(3))).toEqual(sample({ bank: 2 }));
  });

  it('gives every image a crop of its own; published batches share one, image i with map i', () => {
    const values = Float32Array.from({ length: 3 * 400 }, (_, place) => Math.sin(((place % 400) + 1) ** 2)); // 3 equal maps
    const bank = { values, rows: 20, columns: 20 };
    const shared = publishedColorMasking({ bank }).sampleBatch([context, context, context], createRng(1));
    expect(new Set(shared.map(({ masked }) => masked.join())).size).toBe(1);
    const rng = createRng(1);
    const own = Array.from({ length: 3 }, () => colorMasking({ bank }).sample(context, rng));
    expect(new Set(own.map(({ masked }) => masked.join())).size).toBe(3);
  });

  const fixture = JSON.parse(readFileSync(new URL('./__fixtures__/color-masks.json', import.meta.url), 'utf8')) as {
    published: {
      seed: number;
      settings: [maps: number, mapSide: [number, number], gridSide: [number, number], batch: number, ratio: number];
      hidden: string[];
    }[];
  };
  it.each(fixture.published)(
    'agrees with the published selection on its noise: $settings',
    ({ seed, settings, hidden }) => {
      const [maps, [rows, columns], gridSide, batch, maskRatio] = settings;
      const rng = replayedRng(seed);
      const values = Float32Array.from({ length: maps * rows * columns }, () => Math.floor(100 * rng.uniform()) + 1);
      const strategy = publishedColorMasking({ bank: { values, rows, columns }, maskRatio });
      const contexts = new Array(batch).fill({ grid: createPatchGrid(...gridSide), progress: 0 });
      const patchCount = gridSide[0] * gridSide[1];
      expect(strategy.sampleBatch(contexts, rng)).toEqual(
        hidden.map((hex) => patchMaskOfHidden(hiddenOfHex(hex, patchCount))),
      );
    },
  );

  it('refuses banks that cannot serve', () => {
    const values = new Float32Array(60);
    const sample = (options: ColorMaskingOptions) => () => colorMasking(options).sample(context, createRng(1));
    expect(sample({ bank: { values, rows: 5, columns: 7 } })).toThrow(
      'colorMasking: bank.values must hold whole maps of 5 x 7, got 60 values; flatten an array of [maps, rows, columns]',
    );
    expect(sample({ bank: { values, rows: 5, columns: 6 } })).toThrow(
      'maps must be at least as large as the grid of 14 x 14, got 5 x 6; resize the maps, or leave bank out to have them made',
    );
    expect(sample({ bank: { values: values.fill(Number.NaN), rows: 5, columns: 6 } })).toThrow(
      'bank.values must be numbers',
    );
    expect(sample({ bank: 0 })).toThrow('colorMasking: bank must be an integer of at least 1, got 0');
    expect(sample({ changes: [{ from: 0.5 }, { from: 0.4 }] })).toThrow('from must be between 0.5 and 1, got 0.4');
    for (const bank of [1, 'fresh'] as const) {
      expect(() => publishedColorMasking({ bank }).sampleBatch([context, context], createRng(1))).toThrow(
        'publishedColorMasking: the bank must hold a map for each of the 2 images, got 1; image i takes map i',
      );
    }
  });
});
