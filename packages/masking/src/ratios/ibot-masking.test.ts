import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { maskStatistics } from '../mask-statistics';
import type { BatchMaskingStrategy } from '../masking-strategy';
import { describeBatchMaskingStrategy } from '../testing';
import { type IbotMaskingOptions, ibotMasking } from './ibot-masking';
import { mixedRatios } from './mixed-ratios';
import { stratifiedRatios } from './stratified-ratios';

const grid = createPatchGrid(14, 14);
const { patchCount } = grid;
const always = (ratio: number) => (imageCount: number) => Array<number>(imageCount).fill(ratio);

describeBatchMaskingStrategy(() => ibotMasking(), {
  expectCounts: (counts, { patchCount }) => {
    for (const count of counts) expect(count).toBeLessThanOrEqual(0.5 * patchCount);
  },
});
describeBatchMaskingStrategy(() => ibotMasking({ shape: 'random', ratios: stratifiedRatios() }), {
  title: 'DINOv2',
  expectCounts: (counts, { patchCount }) => {
    // Of 5 images 2 are masked, one by U(0.1, 0.3) and one by U(0.3, 0.5).
    const [least, most] = counts.filter((count) => count > 0).sort((a, b) => a - b);
    expect(counts.filter((count) => count > 0)).toHaveLength(2);
    expect(least).toBeGreaterThanOrEqual(Math.trunc(0.1 * patchCount));
    expect(least).toBeLessThanOrEqual(0.3 * patchCount);
    expect(most).toBeGreaterThanOrEqual(Math.trunc(0.3 * patchCount));
    expect(most).toBeLessThanOrEqual(0.5 * patchCount);
  },
});
describeBatchMaskingStrategy(() => ibotMasking({ faithful: true }), { title: 'ibot-block, faithful' });

function countsOf(strategy: BatchMaskingStrategy, imageCount: number, seed = 1, progress = 0): number[] {
  const contexts = Array(imageCount).fill({ grid, progress });
  return strategy.sampleBatch(contexts, createRng(seed)).map(({ masked }) => masked.length);
}

describe('ibotMasking', () => {
  it.each(['block', 'random'] as const)(
    'of %s leaves half of the images alone and hides 19 to 98 patches of the others',
    (shape) => {
      const images = 2000;
      const counts = countsOf(ibotMasking({ shape }), images, 3);
      const some = counts.filter((count) => count > 0);
      expect(Math.abs(some.length / images - 0.5)).toBeLessThan(5 * (0.5 / Math.sqrt(images)));
      expect(Math.min(...some)).toBeGreaterThanOrEqual(19);
      expect(Math.max(...some)).toBeLessThanOrEqual(98);
    },
  );

  it.each(['block', 'random'] as const)('of %s hides exactly trunc(r · N) patches and leaves one', (shape) => {
    const ratios = () => [0.101, 0.3, 0.499, 0, 0.001, 1];
    expect(countsOf(ibotMasking({ shape, ratios }), 6)).toEqual([19, 58, 97, 0, 0, 195]);
  });

  it('faithful blocks stay at or below r · N, on average by 0.76 patches', () => {
    const draws = 4000;
    const ratios: number[] = [];
    const law: IbotMaskingOptions['ratios'] = (imageCount, rng) => {
      const drawn = Array.from({ length: imageCount }, () => 0.1 + 0.4 * rng.uniform());
      ratios.push(...drawn);
      return drawn;
    };
    const counts = countsOf(ibotMasking({ ratios: law, faithful: true }), draws, 5);
    const shortfalls = counts.map((count, image) => Math.floor(ratios[image]! * patchCount) - count);
    expect(Math.min(...shortfalls)).toBe(0);
    expect(Math.max(...shortfalls)).toBeLessThan(25); // 11 was the worst of the 20,000 measured ones
    const mean = shortfalls.reduce((sum, value) => sum + value, 0) / draws;
    const variance = shortfalls.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
    // Measured against ⌊r · N⌋ or against r · N, half a patch more: between the two.
    expect(mean).toBeGreaterThan(0.76 - 0.5 - 5 * Math.sqrt(variance / draws));
    expect(mean).toBeLessThan(0.76 + 5 * Math.sqrt(variance / draws));
  });

  it('draws blocks in the middle more often than in corners, yet everywhere, and on one row', () => {
    const strategy = ibotMasking({ ratios: always(75.5 / 196) });
    const { frequency } = maskStatistics(strategy, { grid, progress: 0 }, { draws: 3000, rng: createRng(2) });
    expect(frequency[6 * 14 + 6]! / frequency[0]!).toBeGreaterThan(8);
    for (const corner of [0, 13, 182, 195]) expect(frequency[corner]).toBeGreaterThan(0);
    const context = { grid: createPatchGrid(1, 7), progress: 0 };
    expect(ibotMasking({ ratios: always(0.5) }).sampleBatch([context], createRng(1))[0]!.masked).toHaveLength(3);
  });

  it('draws no block of fewer than a ninth of the smaller side squared where as many are missing', () => {
    // ⌊14 / 3⌋² = 16 patches are drawn and 16 are missing: one block of 4 x 4, 2 x 8 and the like, or a rounding of it.
    const counts = countsOf(ibotMasking({ ratios: always(16.5 / 196), faithful: true }), 200);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(12);
    expect(Math.max(...counts)).toBe(16);
  });

  it('hides nothing before its start', () => {
    const strategy = ibotMasking({ from: 0.25 });
    expect(countsOf(strategy, 50, 1, 0.24)).toEqual(Array(50).fill(0));
    expect(Math.max(...countsOf(strategy, 50, 1, 0.25))).toBeGreaterThan(0);
  });

  it('with the ratios of DINOv2 masks trunc(B · p) images of every batch', () => {
    for (const [share, images, masked] of [
      [0.5, 31, 15],
      [0.5, 64, 32],
      [0.3, 7, 2],
    ] as const) {
      const strategy = ibotMasking({ ratios: stratifiedRatios({ share }) });
      for (let seed = 0; seed < 10; seed++)
        expect(countsOf(strategy, images, seed).filter((count) => count > 0)).toHaveLength(masked);
    }
  });

  it('refuses other shapes, starts and laws', () => {
    // @ts-expect-error a shape that callers without types may pass
    expect(() => ibotMasking({ shape: 'rand' })).toThrow('ibotMasking: shape must be one of block, random, got rand');
    expect(() => ibotMasking({ from: 2 })).toThrow('ibotMasking: from must be between 0 and 1, got 2');
    expect(() => countsOf(ibotMasking({ ratios: () => [0.5, Number.NaN] }), 2)).toThrow(
      'ibotMasking: the ratio of image 1 must be between 0 and 1, got NaN',
    );
    expect(() => countsOf(ibotMasking({ ratios: () => [0.5] }), 2)).toThrow('the ratio of image 1');
  });
});

describe('on the noise of the fixture', () => {
  const fixture = JSON.parse(readFileSync(new URL('./__fixtures__/ratio-masks.json', import.meta.url), 'utf8')) as {
    ibot: {
      seed: number;
      settings: [batch: number, rows: number, columns: number, pairs: [number, number][]];
      ratios: number[];
      blocks: string[];
      randomCounts: number[];
    }[];
    dinov2: {
      seed: number;
      settings: [batch: number, patches: number, least: number, most: number, share: number];
      ratios: number[];
      counts: number[];
    }[];
  };

  it.each(fixture.ibot)('iBOT with seed $seed', ({ seed, settings, ratios, blocks, randomCounts }) => {
    const [batch, rows, columns, pairs] = settings;
    const contexts = Array(batch).fill({ grid: createPatchGrid(rows, columns), progress: 0 });
    const law = mixedRatios(pairs);
    law(batch, replayedRng(seed)).forEach((ratio, image) => {
      expect(ratio).toBeCloseTo(ratios[image]!, 14); // double precision
    });
    const faithful = ibotMasking({ ratios: law, faithful: true }).sampleBatch(contexts, replayedRng(seed));
    expect(faithful.map(({ masked }) => [...masked])).toEqual(
      blocks.map((hex) =>
        [...hiddenOfHex(hex, rows * columns).entries()].flatMap(([patch, bit]) => (bit ? [patch] : [])),
      ),
    );
    const random = ibotMasking({ shape: 'random', ratios: law }).sampleBatch(contexts, replayedRng(seed));
    expect(random.map(({ masked }) => masked.length)).toEqual(randomCounts);
  });

  it.each(fixture.dinov2)('DINOv2 with seed $seed', ({ seed, settings, ratios, counts }) => {
    const [batch, patches, least, most, share] = settings;
    const law = stratifiedRatios({ least, most, share });
    law(batch, replayedRng(seed)).forEach((ratio, image) => {
      expect(ratio).toBeCloseTo(ratios[image]!, 14);
    });
    const contexts = Array(batch).fill({ grid: createPatchGrid(1, patches), progress: 0 });
    const masks = ibotMasking({ shape: 'random', ratios: law }).sampleBatch(contexts, replayedRng(seed));
    expect(masks.map(({ masked }) => masked.length)).toEqual(counts);
  });
});
