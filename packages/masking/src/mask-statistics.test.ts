import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskStatistics } from './mask-statistics';
import type { BatchMaskingStrategy, MaskingStrategy } from './masking-strategy';
import { createPatchMask } from './patch-mask';
import { randomMasking } from './random-masking';
import { strategyFromHide } from './strategy-from-hide';

const context = { grid: createPatchGrid(1, 3), progress: 0 };
const rng = () => createRng(1);

/** Hides nothing, patch 0, patches 0 and 1 in turn. */
function inTurn(): MaskingStrategy {
  let call = 0;
  return {
    name: 'in turn',
    guidance: 'none',
    sample: () => createPatchMask({ patchCount: 3, masked: [0, 1].slice(0, call++ % 3) }),
  };
}

/** Image i of a batch hides patch i mod 3; remembers how large batches were. */
function byPlace(batches: number[]): BatchMaskingStrategy {
  return {
    name: 'by place',
    guidance: 'none',
    sampleBatch: (contexts) => {
      batches.push(contexts.length);
      return contexts.map((_, image) => createPatchMask({ patchCount: 3, masked: [image % 3] }));
    },
  };
}

describe('maskStatistics', () => {
  it('counts how often each patch is hidden, and how many at once', () => {
    const { draws, frequency, counts } = maskStatistics(inTurn(), context, { draws: 12, rng: rng() });
    expect(draws).toBe(12);
    expect([...frequency]).toEqual([8 / 12, 4 / 12, 0]);
    expect([...counts]).toEqual([4, 4, 4, 0]);
  });

  it('draws whole batches for strategies that decide for batches, and counts the draws asked for', () => {
    const batches: number[] = [];
    const { frequency, counts } = maskStatistics(byPlace(batches), context, { draws: 7, batchSize: 5, rng: rng() });
    expect(batches).toEqual([5, 5]);
    expect([...frequency]).toEqual([3 / 7, 3 / 7, 1 / 7]); // 0 1 2 0 1, then 0 1
    expect([...counts]).toEqual([0, 7, 0, 0]);
  });

  it('agrees with a slow twin on masks of a real strategy', () => {
    const grid = createPatchGrid(5, 7);
    const strategy = randomMasking({ maskRatio: 0.6 });
    const { frequency, counts } = maskStatistics(strategy, { grid, progress: 0 }, { draws: 50, rng: createRng(3) });
    const again = createRng(3);
    const masks = Array.from({ length: 50 }, () => strategy.sample({ grid, progress: 0 }, again));
    const times = Array.from(frequency, (_, patch) => masks.filter(({ masked }) => masked.includes(patch)).length);
    expect([...frequency]).toEqual(times.map((hidden) => hidden / 50));
    expect(counts[21]).toBe(50); // trunc(35 * 0.4) = 14 stay visible
  });

  it('knows masks that hide everything', () => {
    const all = strategyFromHide({ name: 'all', hide: (_, hidden) => hidden.fill(1) });
    const { frequency, counts } = maskStatistics(all, context, { draws: 2, rng: rng() });
    expect([...frequency, ...counts]).toEqual([1, 1, 1, 0, 0, 0, 2]);
  });

  it.each([
    [{ draws: 0 }, /^maskStatistics: draws must be an integer of at least 1, got 0/],
    [{ draws: 1.5 }, /draws must be an integer of at least 1, got 1.5/],
    [{ batchSize: 0 }, /batchSize must be an integer of at least 1, got 0/],
  ])('refuses %o', (wrong, message) => {
    expect(() => maskStatistics(inTurn(), context, { rng: rng(), ...wrong })).toThrow(message);
  });
});
