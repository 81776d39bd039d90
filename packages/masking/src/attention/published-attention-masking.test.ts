import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { sharedRatio } from '../ratios/shared-ratio';
import { describeBatchMaskingStrategy } from '../testing';
import { type PublishedAttentionMaskingOptions, publishedAttentionMasking } from './published-attention-masking';

for (const mode of ['high', 'low'] as const) {
  describeBatchMaskingStrategy(() => publishedAttentionMasking({ mode }), { expectCounts: expectOneCount });
}
describeBatchMaskingStrategy(() => publishedAttentionMasking({ mode: 'hint' }), { expectCounts: expectOneCount });
describeBatchMaskingStrategy(() => publishedAttentionMasking({ mode: 'hint', hintPool: 0.6 }), {
  title: 'attmask-hint, a large pool',
});

/** One count for all images that the coin masks. */
function expectOneCount(counts: readonly number[], { patchCount }: { patchCount: number }) {
  const some = counts.filter((count) => count > 0);
  expect(new Set(some).size).toBeLessThan(2);
  for (const count of some) expect(count).toBeLessThanOrEqual(0.5 * patchCount);
}

const grid = createPatchGrid(14, 14);
const { patchCount } = grid;
const always = (ratio: number) => (imageCount: number) => Array<number>(imageCount).fill(ratio);

/** Scores that rise with the patch index in even images and fall in odd ones. */
const contexts = Array.from({ length: 5 }, (_, image) => ({
  grid,
  progress: 0,
  attention: Float32Array.from({ length: patchCount }, (_, patch) => (image % 2 === 0 ? patch : -patch)),
}));

/** All patches by falling score in an image. */
function ranked(image: number): number[] {
  const ascending = Array.from({ length: patchCount }, (_, patch) => patch);
  return image % 2 === 0 ? ascending.reverse() : ascending;
}

function sample(options: PublishedAttentionMaskingOptions, seed = 1): number[][] {
  return publishedAttentionMasking(options)
    .sampleBatch(contexts, createRng(seed))
    .map(({ masked }) => [...masked]);
}

const ascending = (patches: readonly number[]) => [...patches].sort((a, b) => a - b);

describe('publishedAttentionMasking', () => {
  it('of ten rising scores hides the last three or the first three', () => {
    const ten = {
      grid: createPatchGrid(2, 5),
      progress: 0,
      attention: Float32Array.from({ length: 10 }, (_, patch) => patch),
    };
    const masked = (mode: 'high' | 'low') =>
      publishedAttentionMasking({ mode, ratios: always(0.3) }).sampleBatch([ten], createRng(1))[0]!.masked;
    expect([...masked('high')]).toEqual([7, 8, 9]);
    expect([...masked('low')]).toEqual([0, 1, 2]);
  });

  it("follows each image's own attention", () => {
    sample({ mode: 'high', ratios: always(0.3) }).forEach((masked, image) => {
      expect(masked).toEqual(ascending(ranked(image).slice(0, 58)));
    });
    sample({ mode: 'low', ratios: always(0.3) }).forEach((masked, image) => {
      expect(masked).toEqual(ascending(ranked(image).slice(-58)));
    });
  });

  it('breaks ties by the lower index, in both directions', () => {
    const equal = [{ grid: createPatchGrid(2, 5), progress: 0, attention: new Float32Array(10).fill(0.1) }];
    for (const mode of ['high', 'low'] as const) {
      const [mask] = publishedAttentionMasking({ mode, ratios: always(0.4) }).sampleBatch(equal, createRng(1));
      expect([...mask!.masked]).toEqual([0, 1, 2, 3]);
    }
  });

  it('hides scores above the visible ones with high; high and low are disjoint up to a half', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.02, max: 0.5, noNaN: true }), (seed, ratio) => {
        const rng = createRng(seed);
        const attention = Float32Array.from({ length: 77 }, rng.uniform);
        const context = { grid: createPatchGrid(7, 11), progress: 0, attention };
        const [high, low] = (['high', 'low'] as const).map(
          (mode) => publishedAttentionMasking({ mode, ratios: always(ratio) }).sampleBatch([context], rng)[0]!,
        );
        expect([...high!.masked].filter((patch) => low!.masked.includes(patch))).toEqual([]);
        const mean = (patches: Int32Array) =>
          patches.reduce((sum, patch) => sum + attention[patch]!, 0) / patches.length;
        expect(mean(high!.masked)).toBeGreaterThanOrEqual(mean(high!.visible));
      }),
    );
  });

  // The published counts at 196 patches: ratio, of high, of hints, of hint.
  it.each([
    [0.1, 19, 1, 18],
    [0.3, 58, 5, 53],
    [0.5, 98, 9, 89],
  ])('hint at ratio %d hides the %d first less %d of the 19 first', (ratio, highCount, hintCount, finalCount) => {
    const images = sample({ mode: 'hint', ratios: always(ratio), hintShown: [ratio, ratio] });
    images.forEach((masked, image) => {
      const high = ranked(image).slice(0, highCount);
      const pool = new Set(ranked(image).slice(0, 19));
      const shown = high.filter((patch) => !masked.includes(patch));
      expect(masked.length).toBe(finalCount);
      expect(masked.every((patch) => high.includes(patch))).toBe(true);
      expect(shown.length).toBe(hintCount);
      expect(shown.every((patch) => pool.has(patch))).toBe(true);
    });
    expect(new Set(images.map(String)).size).toBe(5); // hints are drawn image by image
  });

  it('draws the share of hints once for the batch, apart from the ratio', () => {
    const strategy = publishedAttentionMasking({ mode: 'hint', ratios: always(0.5) }); // 98 less 1 to 9
    const rng = createRng(4);
    const counts = Array.from({ length: 300 }, () => {
      const masks = strategy.sampleBatch(contexts, rng).map(({ masked }) => masked.length);
      expect(new Set(masks).size).toBe(1);
      return masks[0]!;
    });
    expect(Math.min(...counts)).toBe(89);
    expect(Math.max(...counts)).toBe(97);
  });

  it('shows every patch of the pool equally often', () => {
    const strategy = publishedAttentionMasking({ mode: 'hint', ratios: always(0.3), hintShown: [0.3, 0.3] });
    const rng = createRng(5);
    const draws = 800;
    const hidings = new Float64Array(patchCount);
    for (let draw = 0; draw < draws; draw++) {
      for (const patch of strategy.sampleBatch([contexts[0]!], rng)[0]!.masked) hidings[patch]! += 1 / draws;
    }
    // 14 of 19 stay hidden: 5 standard deviations of a binomial frequency.
    for (const patch of ranked(0).slice(0, 19))
      expect(Math.abs(hidings[patch]! - 14 / 19)).toBeLessThan(5 * Math.sqrt((14 * 5) / 19 ** 2 / draws));
  });

  it('draws hints from the whole pool where fewer patches are hidden than it holds, so that counts differ', () => {
    // 10 hidden, 98 in the pool, 4 hints: 6 to 10 stay hidden, on average 10 - 4 * 10 / 98.
    const options = { mode: 'hint', ratios: always(10.5 / 196), hintPool: 0.5, hintShown: [0.042, 0.042] } as const;
    const counts = Array.from({ length: 200 }, (_, seed) => sample(options, seed)).flatMap((masks) =>
      masks.map(({ length }) => length),
    );
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...counts)).toBe(10);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // Hypergeometric: 4 draws of 98, 10 of them hidden; variance 0.36, 1000 images, five standard errors.
    expect(Math.abs(mean - (10 - 40 / 98))).toBeLessThan(5 * Math.sqrt(0.36 / 1000));
  });

  it('hides nothing at probability 0 and in every image at 1, and shows nothing where hints are no whole patch', () => {
    for (const mode of ['high', 'hint', 'low'] as const) {
      expect(sample({ mode, ratios: sharedRatio({ probability: 0 }) })).toEqual([[], [], [], [], []]);
      const full = sample({
        mode,
        ratios: sharedRatio({ probability: 1, least: 0.3, most: 0.3 }),
        hintShown: [0.01, 0.01],
      });
      for (const masked of full) expect(masked).toHaveLength(58);
    }
    expect(
      publishedAttentionMasking({ from: 0.5 })
        .sampleBatch(contexts, createRng(3))
        .every(({ masked }) => masked.length === 0),
    ).toBe(true);
  });

  it('refuses unknown modes and shares out of range', () => {
    // @ts-expect-error a mode that callers without types may pass
    expect(() => publishedAttentionMasking({ mode: 'top' })).toThrow(
      'publishedAttentionMasking: mode must be one of high, hint, low, got top',
    );
    expect(() => publishedAttentionMasking({ hintPool: 1.5 })).toThrow(
      'publishedAttentionMasking: hintPool must be between 0 and 1, got 1.5',
    );
    expect(() => publishedAttentionMasking({ hintShown: [0.5, 0.1] })).toThrow(
      'publishedAttentionMasking: hintShown must be between 0.5 and 1, got 0.1',
    );
    const nan = { ...contexts[0]!, attention: contexts[0]!.attention.map((score) => score / 0) };
    expect(() => publishedAttentionMasking({ ratios: always(0.3) }).sampleBatch([nan], createRng(1))).toThrow(
      'NaN at patch 0',
    );
  });

  const fixture = JSON.parse(readFileSync(new URL('./__fixtures__/attention-masks.json', import.meta.url), 'utf8')) as {
    attmask: {
      seed: number;
      settings: [
        batch: number,
        patches: number,
        ratio: [number, number],
        mode: 'high' | 'hint' | 'low',
        hintPool: number,
        hintShown: [number, number],
      ];
      hidden: string[];
    }[];
  };
  it.each(fixture.attmask)(
    'agrees with the published sampler on its noise: $seed, $settings',
    ({ seed, settings, hidden }) => {
      const [batch, patches, [least, most], mode, hintPool, hintShown] = settings;
      const rng = replayedRng(seed);
      const images = Array.from({ length: batch }, () => ({
        grid: createPatchGrid(1, patches),
        progress: 0,
        attention: Float32Array.from({ length: patches }, () => Math.floor(64 * rng.uniform()) / 64),
      }));
      const strategy = publishedAttentionMasking({ mode, hintPool, hintShown, ratios: sharedRatio({ least, most }) });
      const masks = strategy.sampleBatch(images, rng).map(({ masked }) => [...masked]);
      const expected = hidden.map((hex) =>
        [...hiddenOfHex(hex, patches).keys()].filter((patch) => hiddenOfHex(hex, patches)[patch]),
      );
      expect(masks).toEqual(expected);
    },
  );
});
