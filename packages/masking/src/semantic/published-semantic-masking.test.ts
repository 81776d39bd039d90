import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { maskFrequency } from '../mask-frequency';
import { randomMasking } from '../random-masking';
import { describeMaskingStrategy } from '../testing';
import { replayRng } from '../testing/replay-rng';
import { visibleCount } from '../visible-count';
import { equal, growing, large, mixed } from './__fixtures__/part-sizes';
import { alphaAt, constantAlpha, publishedAlpha } from './alpha-schedule';
import { assignPublishedQuota } from './published-quota';
import { semanticMasking } from './semantic-masking';

for (const alpha of [0, 0.5, 1]) {
  describeMaskingStrategy(() => semanticMasking({ faithful: true, alpha: constantAlpha(alpha) }), {
    title: `semantic as published, α = ${alpha}`,
  });
}

const grid = createPatchGrid(14, 14);

/** Quotas at ratio 0.75, with parts walked as listed or in `order`. */
function marked(sizes: readonly number[], alpha: number, order = sizes.map((_, part) => part)): number[] {
  const quota = new Int32Array(sizes.length);
  const patchCount = sizes.reduce((sum, size) => sum + size, 0);
  const partCount = sizes.length;
  assignPublishedQuota(quota, { sizes, order, partCount, patchCount, maskRatio: 0.75, alpha });
  return [...quota];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe('published quotas', () => {
  // Worked by hand from the algorithm at ratio 0.75 of 196 patches, part order as listed.
  it.each([
    { sizes: mixed, alpha: 0, expected: [30, 22, 20, 38, 15, 8, 15], sum: 148 },
    { sizes: mixed, alpha: 0.25, expected: [32, 24, 22, 41, 12, 6, 11], sum: 148 },
    { sizes: mixed, alpha: 0.5, expected: [35, 26, 23, 44, 8, 4, 8], sum: 148 },
    { sizes: mixed, alpha: 1, expected: [40, 30, 26, 50, 1, 0, 0], sum: 147 },
    { sizes: equal, alpha: 0, expected: [21, 21, 21, 21, 21, 21, 21], sum: 147 },
    { sizes: equal, alpha: 0.5, expected: [24, 24, 24, 24, 24, 14, 10], sum: 144 },
    { sizes: equal, alpha: 1, expected: [28, 28, 28, 28, 28, 7, 0], sum: 147 },
    { sizes: large, alpha: 0, expected: [22, 22, 22, 22, 22, 17, 17], sum: 144 },
    { sizes: growing, alpha: 1, expected: [2, 6, 10, 14, 18, 22, 75], sum: 147 },
  ])('are $expected at α = $alpha for $sizes', ({ sizes, alpha, expected, sum }) => {
    expect(marked(sizes, alpha)).toEqual(expected);
    expect(total(marked(sizes, alpha))).toBe(sum);
  });

  it('walk the parts in the order they are given', () => {
    expect(marked(mixed, 1, [6, 5, 4, 3, 2, 1, 0])).toEqual([0, 21, 26, 50, 20, 10, 20]);
  });

  it('leave 0 … size beyond α = 1, where published trainings of 1600 epochs went', () => {
    expect(marked(equal, 4)).toEqual([49, 49, 49, 49, 49, -35, -63]);
    expect(alphaAt(publishedAlpha({ epochs: 1600 }), 1599 / 1600)).toBe(1); // clamped here
  });

  it('truncate the budget for whole parts, so that 0.6 of 196 is 117 of the 118 patches to mask', () => {
    const quota = new Int32Array(2);
    const input = { sizes: [98, 98], order: [0, 1], partCount: 2, patchCount: 196, maskRatio: 0.6, alpha: 1 };
    assignPublishedQuota(quota, input);
    expect([...quota]).toEqual([98, 19]);
    expect(196 - visibleCount(196, 0.6)).toBe(118);
  });

  /** 7 parts of at least one patch, 196 in all: the gaps between 6 different random cuts. */
  function randomSizes(rng: ReturnType<typeof createRng>): number[] {
    const cuts = [0, ...[...rng.permutation(195).subarray(0, 6)].map((cut) => cut + 1).sort((a, b) => a - b), 196];
    return cuts.slice(1).map((cut, part) => cut - cuts[part]!);
  }

  it.each([
    [0, 0.52],
    [0.25, 0.62],
    [0.5, 0.57],
    [0.75, 0.54],
    [1, 0],
  ])('miss the count at α = %f in a share of %f of random images', (alpha, share) => {
    const draws = 10_000;
    const rng = createRng(1);
    let missed = 0;
    let widest = 0;
    for (let draw = 0; draw < draws; draw++) {
      const drift = Math.abs(total(marked(randomSizes(rng), alpha, [...rng.permutation(7)])) - 147);
      if (drift !== 0) missed += 1;
      widest = Math.max(widest, drift);
    }
    expect(widest).toBeLessThanOrEqual(4);
    // 5 standard deviations of a binomial frequency, and the two digits of a measurement with an independent program.
    expect(Math.abs(missed / draws - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / draws) + 0.01);
  });

  const request = fc
    .array(fc.nat(60), { minLength: 1, maxLength: 31 })
    .filter((sizes) => sizes.some((size) => size > 0))
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        alpha: fc.double({ min: 0, max: 1, noNaN: true }),
        order: fc.integer().map((seed) => [...createRng(seed).permutation(sizes.length)]),
      }),
    );

  it('stay within each part, and cut at most one at α = 1', () => {
    fc.assert(
      fc.property(request, ({ sizes, alpha, order }) => {
        marked(sizes, alpha, order).forEach((patches, part) => {
          expect(patches).toBeGreaterThanOrEqual(0);
          expect(patches).toBeLessThanOrEqual(sizes[part]!);
        });
        const whole = marked(sizes, 1, order);
        expect(sizes.filter((size, part) => whole[part]! > 0 && whole[part]! < size).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('publishedAlpha', () => {
  it('has the α of 800 epochs, one epoch early', () => {
    const alphaOf = (epoch: number) => publishedAlpha()(epoch / 800);
    expect(alphaOf(0)).toBeCloseTo(1.56e-6, 8); // to the digits given
    expect(alphaOf(399)).toBe(0.25);
    expect(alphaOf(799)).toBe(1);
    for (let epoch = 0; epoch < 800; epoch++) expect(alphaOf(epoch)).toBe(((epoch + 1) / 800) ** 2);
  });

  it('rises with the epoch and stays within an epoch', () => {
    const schedule = publishedAlpha({ epochs: 400 });
    expect(schedule(0.99 / 400)).toBe(schedule(0));
    for (let epoch = 1; epoch < 400; epoch++)
      expect(schedule(epoch / 400)).toBeGreaterThan(schedule((epoch - 1) / 400));
    expect(schedule(399 / 400)).toBe(0.25); // half of the 800: such trainings end early in the schedule
  });

  it('refuses lengths that are none, and progress that is not known', () => {
    expect(() => publishedAlpha({ epochs: 0 })).toThrow(/epochs must be an integer of at least 1, got 0/);
    expect(() => alphaAt(publishedAlpha(), Number.NaN)).toThrow(/alpha must be a number/);
  });
});

describe('semanticMasking, faithful', () => {
  interface Published {
    parts: number[];
    maskRatio: number;
    epoch: number;
    noise: number[];
    masked: number[];
  }
  const fixture = readFileSync(new URL('./__fixtures__/published-semantic.json', import.meta.url), 'utf8');
  it.each(JSON.parse(fixture) as Published[])(
    'draws as the published code from the same noise, epoch $epoch at $maskRatio',
    ({ parts, maskRatio, epoch, noise, masked }) => {
      const rng = replayRng(noise.map((bits) => bits / 65536));
      const context = {
        grid: createPatchGrid(7, parts.length / 7),
        progress: epoch / 800,
        parts: Uint8Array.from(parts),
      };
      const mask = semanticMasking({ faithful: true, maskRatio }).sample(context, rng);
      expect([...mask.masked]).toEqual(masked);
      expect(rng.left()).toBe(0);
    },
  );

  it('masks the same number whatever α, parts and seed', () => {
    const image = fc.record({
      patches: fc.integer({ min: 8, max: 200 }),
      partCount: fc.integer({ min: 1, max: 31 }),
      alpha: fc.double({ min: 0, max: 1, noNaN: true }),
      maskRatio: fc.constantFrom(0.3, 0.6, 0.75, 0.8),
      seed: fc.nat(),
      faithful: fc.boolean(),
    });
    fc.assert(
      fc.property(image, ({ patches, partCount, alpha, maskRatio, seed, faithful }) => {
        const rng = createRng(seed);
        const parts = Uint8Array.from({ length: patches }, () => rng.integer(partCount));
        const strategy = semanticMasking({ faithful, maskRatio, alpha: constantAlpha(alpha) });
        const { masked } = strategy.sample({ grid: createPatchGrid(1, patches), progress: 0, parts }, rng);
        expect(masked).toHaveLength(patches - visibleCount(patches, maskRatio));
      }),
    );
  });

  it.each([0, 0.5, 1])('masks every patch equally often where there is one part, α = %f', (alpha) => {
    const draws = 3000;
    const strategy = semanticMasking({ faithful: true, alpha: constantAlpha(alpha) });
    const context = { grid, progress: 0, parts: new Uint8Array(196).fill(3) };
    const bound = 5 * Math.sqrt((0.75 * 0.25) / draws); // 5 standard deviations of a binomial frequency
    for (const patch of maskFrequency(strategy, context, { draws, rng: createRng(2) })) {
      expect(Math.abs(patch - 0.75)).toBeLessThan(bound);
    }
  });

  it('is random masking draw by draw where there is one part, if not faithful', () => {
    for (const alpha of [0, 0.37, 1]) {
      const context = { grid, progress: 0, parts: new Uint8Array(196).fill(9) };
      const semantic = semanticMasking({ alpha: constantAlpha(alpha) }).sample(context, createRng(3));
      expect(semantic).toEqual(randomMasking().sample(context, createRng(3)));
    }
  });

  it('asks for a ratio, from which its counts follow', () => {
    expect(() => semanticMasking({ faithful: true, maskedCount: 147 })).toThrow(
      'semanticMasking: faithful must be given a maskRatio, whose count is keep-floor, got maskedCount 147; drop it',
    );
    expect(() => semanticMasking({ faithful: true, countPolicy: 'mask-ceil' })).toThrow(/got countPolicy mask-ceil/);
    expect(() => semanticMasking({ faithful: true, maskRatio: 1.2 })).toThrow(/maskRatio/);
    expect(() => semanticMasking({ faithful: true }).sample({ grid, progress: 0 }, createRng(4))).toThrow(
      /@semmae\/parts/,
    );
  });
});
