import { createPatchGrid, createRng } from '@semmae/core';
import { attentionMasking, semanticMasking } from '@semmae/masking';
import { describe, expect, it } from 'vitest';

import { hintMasking } from './hint-masking';
import { lowAttentionMasking } from './low-attention-masking';
import { mixedRatios, sharedRatio } from './mask-ratios';
import { blocks, leastAttended, mostAttended, randomPatches, ratioMasking } from './ratio-masking';
import type { ViewMasking } from './view-masking';

const grid = createPatchGrid(14, 14);
const { patchCount } = grid;

/** Attention that rises with the patch index in even views and falls in odd ones. */
function attentionOf(viewCount: number): Float32Array {
  return Float32Array.from({ length: viewCount * patchCount }, (_, index) => {
    const [view, patch] = [Math.floor(index / patchCount), index % patchCount];
    return view % 2 === 0 ? patch : -patch;
  });
}

function sample(masking: ViewMasking, viewCount: number, seed = 1): number[][] {
  const context = { grid, viewCount, progress: 0.5, attention: attentionOf(viewCount) };
  const hidden = masking.sample(context, createRng(seed));
  expect(hidden.length).toBe(viewCount * patchCount);
  return Array.from({ length: viewCount }, (_, view) => {
    const ofView = hidden.subarray(view * patchCount, (view + 1) * patchCount);
    return Array.from(ofView.keys()).filter((patch) => ofView[patch] === 1);
  });
}

/** All patches by falling attention in a view. */
function ranked(view: number): number[] {
  const ascending = Array.from({ length: patchCount }, (_, patch) => patch);
  return view % 2 === 0 ? ascending.reverse() : ascending;
}

const ascending = (patches: readonly number[]) => [...patches].sort((a, b) => a - b);

describe('ratios', () => {
  it('of iBOT: half of the views have none, the others U(0.1, 0.5)', () => {
    const ratios = mixedRatios()(4001, createRng(3));
    const some = ratios.filter((ratio) => ratio > 0);
    expect(Math.abs(some.length / 4001 - 0.5)).toBeLessThan(5 * (0.5 / Math.sqrt(4001)));
    expect(Math.min(...some)).toBeGreaterThan(0.1);
    expect(Math.min(...some)).toBeLessThan(0.105);
    expect(Math.max(...some)).toBeGreaterThan(0.495);
    expect(Math.max(...some)).toBeLessThan(0.5);
    expect(Math.abs(some.reduce((a, b) => a + b) / some.length - 0.3)).toBeLessThan(0.02);
  });

  it('of AttMask: one for the batch, and a coin for each view', () => {
    const rng = createRng(3);
    const batches = Array.from({ length: 500 }, () => sharedRatio()(7, rng));
    for (const batch of batches) expect(new Set(batch.filter((ratio) => ratio > 0)).size).toBeLessThan(2);
    const masked = batches.flat().filter((ratio) => ratio > 0).length;
    expect(Math.abs(masked / 3500 - 0.5)).toBeLessThan(5 * (0.5 / Math.sqrt(3500)));
    expect(sharedRatio({ probability: 1, least: 0.2, most: 0.2 })(3, rng)).toEqual([0.2, 0.2, 0.2]);
    expect(sharedRatio({ probability: 0 })(3, rng)).toEqual([0, 0, 0]);
  });

  it('refuses what is no share of the patches', () => {
    expect(() => mixedRatios([[0.9, 0.2]])).toThrow('mixedRatios: ratio + variation must be between 0 and 1');
    expect(() => mixedRatios([])).toThrow('there must be at least one pair, got none');
    expect(() => sharedRatio({ least: 0.5, most: 0.1 })).toThrow('sharedRatio: most must be between 0.5 and 1');
  });
});

describe('ratioMasking', () => {
  const always = (ratio: number) => (viewCount: number) => Array<number>(viewCount).fill(ratio);

  it.each([
    ['random', randomPatches],
    ['block', blocks],
  ])('hides trunc(r · N) patches of each view, other ones in each: %s', (_, strategy) => {
    const counts = [0.101, 0.3, 0.499, 0];
    const views = sample(ratioMasking({ strategy, ratios: () => counts }), 4);
    expect(views.map(({ length }) => length)).toEqual([19, 58, 97, 0]);
    const [first, second] = sample(ratioMasking({ strategy, ratios: always(0.3) }), 2);
    expect(first).not.toEqual(second);
    expect(sample(ratioMasking({ strategy }), 5, 7)).toEqual(sample(ratioMasking({ strategy }), 5, 7));
    expect(sample(ratioMasking({ strategy }), 5, 7)).not.toEqual(sample(ratioMasking({ strategy }), 5, 8));
  });

  it("follows each view's own attention: AttMask-High and AttMask-Low", () => {
    const [high, low] = [mostAttended, leastAttended].map((strategy) =>
      sample(ratioMasking({ strategy, ratios: always(0.3) }), 3),
    );
    high!.forEach((view, index) => {
      expect(view).toEqual(ascending(ranked(index).slice(0, 58)));
    });
    low!.forEach((view, index) => {
      expect(view).toEqual(ascending(ranked(index).slice(-58)));
    });
  });

  it('leaves at least one patch to see, and takes no strategy that needs parts', () => {
    expect(sample(ratioMasking({ strategy: randomPatches, ratios: always(1) }), 2)[0]!.length).toBe(patchCount - 1);
    expect(() => ratioMasking({ strategy: (maskedCount) => semanticMasking({ maskedCount }) })).toThrow(
      'ratioMasking: strategy must be guided by attention or by nothing',
    );
    const hint = ratioMasking({ strategy: (maskedCount) => attentionMasking({ mode: 'hint', maskedCount }) });
    expect(hint.guidance).toBe('attention');
  });
});

describe('hintMasking', () => {
  it.each([
    [0.1, 19, 1, 18],
    [0.3, 58, 5, 53],
    [0.5, 98, 9, 89],
  ])('at ratio %d hides the %d first less %d of the 19 first', (ratio, highCount, shownCount, finalCount) => {
    const views = sample(
      hintMasking({ ratios: (viewCount) => Array<number>(viewCount).fill(ratio), shown: [ratio, ratio] }),
      5,
    );
    views.forEach((view, index) => {
      const high = ranked(index).slice(0, highCount);
      const pool = new Set(ranked(index).slice(0, 19));
      const shown = high.filter((patch) => !view.includes(patch));
      expect(view.length).toBe(finalCount);
      expect(shown.length).toBe(shownCount);
      expect(shown.every((patch) => pool.has(patch))).toBe(true);
    });
    expect(new Set(views.map(String)).size).toBeGreaterThan(1); // hints are drawn view by view
  });

  it('leaves views without a mask alone, and needs the attention of all views', () => {
    expect(sample(hintMasking({ ratios: sharedRatio({ probability: 0 }) }), 3)).toEqual([[], [], []]);
    const context = { grid, viewCount: 2, progress: 0, attention: attentionOf(1) };
    expect(() => hintMasking().sample(context, createRng(1))).toThrow(
      'hintMasking: attention must hold 196 scores for each of 2 views, got 196; pass the attention that the teacher returns',
    );
  });
});

describe('lowAttentionMasking', () => {
  it('tosses a coin for each of the least attended patches and never touches the others', () => {
    const masking = lowAttentionMasking({ fraction: 0.25, probability: 0.3 }); // 49 candidates
    const views = sample(masking, 200);
    views.forEach((view, index) => {
      const candidates = new Set(ranked(index).slice(-49));
      expect(view.every((patch) => candidates.has(patch))).toBe(true);
    });
    const total = views.reduce((sum, { length }) => sum + length, 0);
    const trials = 200 * 49;
    expect(Math.abs(total - 0.3 * trials)).toBeLessThan(5 * Math.sqrt(trials * 0.3 * 0.7));
  });

  it('is AttMask-Low at probability 1', () => {
    const low = ratioMasking({ strategy: leastAttended, ratios: (viewCount) => Array<number>(viewCount).fill(0.25) });
    expect(sample(lowAttentionMasking({ fraction: 0.25, probability: 1 }), 3)).toEqual(sample(low, 3));
  });
});
