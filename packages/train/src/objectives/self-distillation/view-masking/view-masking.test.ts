import { createPatchGrid, createRng } from '@semmae/core';
import {
  attentionMasking,
  ibotMasking,
  lowAttentionMasking,
  publishedAttentionMasking,
  semanticMasking,
} from '@semmae/masking';
import { describe, expect, it } from 'vitest';

import { type ViewMasking, viewMasking } from './view-masking';

const grid = createPatchGrid(7, 11);
const { patchCount } = grid;

/** Attention that rises with the patch index in even views and falls in odd ones. */
function attentionOf(viewCount: number): Float32Array {
  return Float32Array.from({ length: viewCount * patchCount }, (_, index) => {
    const [view, patch] = [Math.floor(index / patchCount), index % patchCount];
    return view % 2 === 0 ? patch : -patch;
  });
}

/** The hidden patches of each view. */
function sample(masking: ViewMasking, viewCount: number, seed = 1): number[][] {
  const context = { grid, viewCount, progress: 0.5, attention: attentionOf(viewCount) };
  const hidden = masking.sample(context, createRng(seed));
  expect(hidden.length).toBe(viewCount * patchCount);
  return Array.from({ length: viewCount }, (_, view) => {
    const ofView = hidden.subarray(view * patchCount, (view + 1) * patchCount);
    return Array.from(ofView.keys()).filter((patch) => ofView[patch] === 1);
  });
}

const always = (ratio: number) => (viewCount: number) => Array<number>(viewCount).fill(ratio);
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('viewMasking', () => {
  it("follows each view's own attention, for a batch or view by view", () => {
    const batch = viewMasking(publishedAttentionMasking({ mode: 'high', ratios: always(0.3) })); // trunc(0.3 * 77) = 23
    const single = viewMasking(attentionMasking({ mode: 'low', maskedCount: 5 }));
    expect(sample(batch, 3)).toEqual([range(54, 23), range(0, 23), range(54, 23)]);
    expect(sample(single, 3)).toEqual([range(0, 5), range(72, 5), range(0, 5)]);
    expect(batch).toMatchObject({ name: 'views-attmask-high', guidance: 'attention' });
  });

  it('takes masks whose counts differ, empty ones too', () => {
    const ratios = () => [0.101, 0.3, 0.499, 0];
    for (const shape of ['block', 'random'] as const) {
      const views = sample(viewMasking(ibotMasking({ shape, ratios })), 4);
      expect(views.map(({ length }) => length)).toEqual([7, 23, 38, 0]);
    }
    const coins = sample(viewMasking(lowAttentionMasking({ fraction: 0.5 })), 5);
    expect(new Set(coins.map(({ length }) => length)).size).toBeGreaterThan(1);
  });

  it('gives the same masks for the same seed and others for another', () => {
    const masking = viewMasking(ibotMasking());
    expect(sample(masking, 5, 7)).toEqual(sample(masking, 5, 7));
    expect(sample(masking, 5, 7)).not.toEqual(sample(masking, 5, 8));
  });

  it('needs the attention of all views, and takes no strategy that needs parts', () => {
    const context = { grid, viewCount: 2, progress: 0, attention: attentionOf(1) };
    expect(() => viewMasking(publishedAttentionMasking({ mode: 'hint' })).sample(context, createRng(1))).toThrow(
      'viewMasking: attention must hold 77 scores for each of 2 views, got 77; pass the attention that the teacher returns',
    );
    expect(() => viewMasking(semanticMasking())).toThrow(
      'viewMasking: strategy must be guided by attention or by nothing, got semantic',
    );
  });
});
