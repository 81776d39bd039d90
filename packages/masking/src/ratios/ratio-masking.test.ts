import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it, vi } from 'vitest';

import { attentionMasking } from '../attention/attention-masking';
import { randomMasking } from '../random-masking';
import { semanticMasking } from '../semantic/semantic-masking';
import { describeBatchMaskingStrategy } from '../testing';
import { userMasking } from '../user/user-masking';
import { ratioMasking } from './ratio-masking';
import { sharedRatio } from './shared-ratio';

describeBatchMaskingStrategy(() => ratioMasking({ strategy: (maskedCount) => randomMasking({ maskedCount }) }));
describeBatchMaskingStrategy(
  () => ratioMasking({ strategy: (maskedCount) => semanticMasking({ maskedCount }), ratios: sharedRatio() }),
  {
    expectCounts: (counts) => expect(new Set(counts.filter((count) => count > 0)).size).toBeLessThan(2),
  },
);

const grid = createPatchGrid(7, 11);
const falling = Float32Array.from({ length: 77 }, (_, patch) => -patch);
const contexts = Array(5).fill({ grid, progress: 0.5, attention: falling });
const ratios = () => [0.101, 0.3, 0.499, 0, 1];

describe('ratioMasking', () => {
  it('hides trunc(r · N) patches of each image as the strategy would, and leaves one', () => {
    const strategy = ratioMasking({ strategy: (maskedCount) => attentionMasking({ maskedCount }), ratios });
    expect(strategy).toMatchObject({ name: 'ratios-attention-high', guidance: 'attention' });
    expect(strategy.sampleBatch(contexts, createRng(1)).map(({ masked }) => [...masked])).toEqual(
      [7, 23, 38, 0, 76].map((count) => Array.from({ length: count }, (_, patch) => patch)),
    );
  });

  it('takes strategies that only sample', () => {
    const strategy = ratioMasking({
      strategy: (maskedCount) => {
        const { name, guidance, sample } = userMasking(falling, { maskedCount });
        return { name, guidance, sample };
      },
      ratios,
    });
    expect(strategy.sampleBatch(contexts, createRng(1)).map(({ masked }) => masked.length)).toEqual([7, 23, 38, 0, 76]);
  });

  it('makes a strategy once for each count of a grid', () => {
    const create = vi.fn((maskedCount: number) => randomMasking({ maskedCount }));
    const strategy = ratioMasking({ strategy: create, ratios: (imageCount) => Array(imageCount).fill(0.5) });
    const rng = createRng(1);
    create.mockClear();
    for (let batch = 0; batch < 3; batch++) strategy.sampleBatch(contexts, rng);
    expect(create.mock.calls).toEqual([[38, grid]]);
    const other = createPatchGrid(11, 7);
    strategy.sampleBatch([{ grid: other, progress: 0 }], rng);
    expect(create.mock.calls).toEqual([
      [38, grid],
      [38, other],
    ]);
  });

  it('hides nothing before its start', () => {
    const strategy = ratioMasking({ strategy: (maskedCount) => randomMasking({ maskedCount }), ratios, from: 0.51 });
    expect(strategy.sampleBatch(contexts, createRng(1)).map(({ masked }) => masked.length)).toEqual([0, 0, 0, 0, 0]);
  });
});
