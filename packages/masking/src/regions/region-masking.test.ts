import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskFrequency } from '../mask-frequency';
import { maskStatistics } from '../mask-statistics';
import { sampleBatch } from '../sample-batch';
import { describeMaskingStrategy } from '../testing';
import { describeBatchMaskingStrategy } from '../testing/describe-batch-masking-strategy';
import {
  publishedRegionMasking,
  type RegionMaskingOptions,
  regionMasking,
  thresholdRegionMasking,
} from './region-masking';

describeMaskingStrategy(() => regionMasking(), {
  maskedCount: ({ patchCount }) => patchCount - Math.trunc(patchCount * 0.75),
});
const wideGrids = [createPatchGrid(14, 14), createPatchGrid(6, 10), createPatchGrid(7, 11)];
describeMaskingStrategy(() => thresholdRegionMasking(), {
  maskedCount: ({ patchCount }) => Math.ceil(0.3 * patchCount) - 1,
  variableCount: true,
  grids: wideGrids,
});
describeBatchMaskingStrategy(() => publishedRegionMasking(), {
  expectCounts: (counts, { patchCount }) => {
    for (const count of counts) expect(count).toBe(counts[0]);
    expect(counts[0]).toBeGreaterThan(0.2 * patchCount);
    expect(counts[0]).toBeLessThan(0.3 * patchCount);
  },
  grids: wideGrids,
});

const grid = createPatchGrid(14, 14);
const context = { grid, progress: 0 };

describe('regionMasking', () => {
  it('hides between 20 and 30 % as published, about 23 % on average', () => {
    // Measured elsewhere with another interpolation, on 5,000 crops of one pattern: about 0.23.
    const strategy = thresholdRegionMasking();
    const rng = createRng(1);
    const shares = Array.from({ length: 3000 }, () => strategy.sample(context, rng).masked.length / 196);
    expect(Math.min(...shares)).toBeGreaterThan(0.2);
    expect(Math.max(...shares)).toBeLessThan(0.3);
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.07);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(Math.abs(mean - 0.23)).toBeLessThan(0.012); // one pattern is not another
  });

  it('hides every patch about equally often', () => {
    const draws = 5000;
    for (const seed of [0, 7]) {
      const frequency = maskFrequency(regionMasking({ seed }), context, { draws, rng: createRng(2) });
      // 5 standard deviations; crops of one pattern meet its rare places again, for which another 0.02.
      const bound = 5 * Math.sqrt(0.1875 / draws) + 0.02;
      for (const value of frequency) expect(Math.abs(value - 0.25)).toBeLessThan(bound);
    }
  });

  it.each([
    { cells: 3, least: 0.85 },
    { cells: 7.68, least: 0.7 },
  ])('hides connected spots, larger ones of $cells cells', ({ cells, least }) => {
    const strategy = regionMasking({ cells });
    const hidden = new Uint8Array(196);
    const rng = createRng(3);
    let alike = 0;
    for (let draw = 0; draw < 300; draw++) {
      strategy.hide!(context, hidden, rng);
      for (let patch = 14; patch < 196; patch++) alike += +(hidden[patch] === hidden[patch - 14]);
    }
    expect(alike / (300 * 182)).toBeGreaterThan(least); // random masks: 0.63
  });

  it('hides the same in all images of a published batch, and not in the next', () => {
    const contexts = Array.from({ length: 3 }, () => context);
    const strategy = publishedRegionMasking();
    const rng = createRng(4);
    const first = strategy.sampleBatch(contexts, rng);
    expect(first[1]).toEqual(first[0]);
    expect(first[2]).toEqual(first[0]);
    expect(strategy.sampleBatch(contexts, rng)[0]).not.toEqual(first[0]);
    expect(sampleBatch(strategy, contexts, createRng(4)).masked.subarray(0, first[0]!.masked.length)).toEqual(
      first[0]!.masked,
    );
    const own = sampleBatch(thresholdRegionMasking(), contexts, createRng(4), { padding: true });
    expect(own.hidden.subarray(0, 196)).not.toEqual(own.hidden.subarray(196, 392));
  });

  it('keeps to a threshold of its own and cuts other patterns for other seeds', () => {
    const statistics = (options: RegionMaskingOptions) =>
      maskStatistics(regionMasking(options), context, { draws: 500, rng: createRng(5) });
    // Uniform noise, interpolated, is narrower than itself but still centered.
    const wide = thresholdRegionMasking({ share: [0, 1], threshold: 0.5 });
    const half = maskStatistics(wide, context, { draws: 500, rng: createRng(5) }).frequency;
    expect(half.reduce((sum, value) => sum + value, 0) / 196).toBeCloseTo(0.5, 1);
    expect(statistics({ seed: 1 }).frequency).not.toEqual(statistics({ seed: 2 }).frequency);
    expect(statistics({ patternGrids: 2 }).frequency).not.toEqual(statistics({ patternGrids: 3 }).frequency);
  });

  it('forgets the pattern of another grid', () => {
    const strategy = regionMasking();
    const before = strategy.sample(context, createRng(6));
    strategy.sample({ grid: createPatchGrid(7, 11), progress: 0 }, createRng(6));
    expect(strategy.sample(context, createRng(6))).toEqual(before);
  });

  it('says what is wrong with its options, and ends where no crop will do', () => {
    expect(() => thresholdRegionMasking({ share: [0.3, 0.2] })).toThrow(
      'thresholdRegionMasking: share[1] must be between 0.3 and 1, got 0.2',
    );
    expect(() => publishedRegionMasking({ threshold: 1.5 })).toThrow(
      /^publishedRegionMasking: threshold must .*, got 1.5/,
    );
    expect(() => regionMasking({ cells: 0 })).toThrow('regionMasking: cells must be between 1 and 1000, got 0');
    expect(() => regionMasking({ patternGrids: 1 })).toThrow(/patternGrids must be an integer of at least 2, got 1/);
    expect(() => regionMasking({ seed: 0.5 })).toThrow(/seed must be an integer .*, got 0.5/);
    expect(() => thresholdRegionMasking({ share: [0.97, 0.98] }).sample(context, createRng(1))).toThrow(
      /^thresholdRegionMasking: a masked share strictly between 0.97 and 0.98 must be found on 14x14 patches, got none in 1000 crops, whose shares are 0.1\d\d on average; widen share, or move threshold towards it$/,
    );
  });
});
