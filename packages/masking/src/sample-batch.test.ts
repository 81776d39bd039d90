import { createPatchGrid, createRng, type Rng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskBatch } from './mask-batch';
import type { BatchMaskingStrategy, MaskingContext, MaskingStrategy } from './masking-strategy';
import { multiBlockMasking } from './multi-block/multi-block-masking';
import { createPatchMask } from './patch-mask';
import { randomMasking } from './random-masking';
import { ibotMasking } from './ratios/ibot-masking';
import { sampleBatch } from './sample-batch';

const grid = createPatchGrid(5, 7);
const contexts: MaskingContext[] = Array.from({ length: 11 }, () => ({ grid, progress: 0 }));

/** Hides between 0 and N patches, in place or by lists. */
function variable(inPlace: boolean): MaskingStrategy {
  const masked = (rng: Rng) => rng.permutation(35).subarray(0, rng.integer(36));
  const sample = (_: MaskingContext, rng: Rng) => createPatchMask({ patchCount: 35, masked: masked(rng) });
  if (!inPlace) return { name: 'variable', guidance: 'none', sample };
  const hide = (_: MaskingContext, hidden: Uint8Array, rng: Rng) => {
    hidden.fill(0);
    for (const patch of masked(rng)) hidden[patch] = 1;
  };
  return { name: 'variable', guidance: 'none', sample, hide };
}

const wholeBatch: BatchMaskingStrategy = {
  name: 'whole batch',
  guidance: 'none',
  sampleBatch: (contexts, rng) => {
    const masked = [rng.integer(35)];
    return contexts.map(() => createPatchMask({ patchCount: 35, masked }));
  },
};

describe('sampleBatch', () => {
  it('is maskBatch of the samples, drawn one after the other', () => {
    const strategy = randomMasking({ maskRatio: 0.6 });
    const rng = createRng(1);
    const expected = maskBatch(contexts.map((context) => strategy.sample(context, rng)));
    expect(sampleBatch(strategy, contexts, createRng(1))).toEqual(expected);
  });

  it.each([true, false])('pads unequal counts on request (strategy hides in place: %s)', (inPlace) => {
    const strategy = variable(inPlace);
    const rng = createRng(2);
    const expected = maskBatch(
      contexts.map((context) => strategy.sample(context, rng)),
      { padding: true },
    );
    expect(sampleBatch(strategy, contexts, createRng(2), { padding: true })).toEqual(expected);
    expect(() => sampleBatch(strategy, contexts, createRng(2))).toThrow(
      /sampleBatch: every mask must hide as many patches as the first \(\d+ of 35\), got \d+ of 35 in image 1; .*padding/,
    );
  });

  it('gives each image its own stream, whatever batch it is in', () => {
    const strategy = randomMasking();
    const streams = (indices: readonly number[]) => (image: number) => createRng(3).split('mask', 5, indices[image]!);
    const rowOf = (indices: readonly number[], wanted: number) => {
      const { masked, maskedCount } = sampleBatch(strategy, contexts.slice(0, indices.length), streams(indices));
      const start = indices.indexOf(wanted) * maskedCount;
      return masked.slice(start, start + maskedCount);
    };
    expect(rowOf([13, 2, 7], 7)).toEqual(rowOf([7, 11, 5, 3], 7));
    expect(rowOf([13, 2, 7], 7)).not.toEqual(rowOf([13, 2, 7], 2));
  });

  it('asks a strategy for batches once, with one stream', () => {
    const batch = sampleBatch(wholeBatch, contexts, createRng(4));
    expect(batch.batchSize).toBe(11);
    expect(new Set(batch.masked).size).toBe(1);
    expect(() => sampleBatch(wholeBatch, contexts, () => createRng(4))).toThrow(
      /rng must be one stream for whole batch, whose images share draws, got a function; /,
    );
  });

  it('gives the masks that a strategy for batches samples, with the same draws, where it can hide them in place', () => {
    for (const strategy of [ibotMasking({ shape: 'random' }), multiBlockMasking({ minimumKept: 3 })]) {
      expect(strategy.hideBatch).toBeTypeOf('function');
      const [rng, other] = [createRng(9), createRng(9)];
      const batch = sampleBatch(strategy, contexts, rng, { padding: true });
      expect(batch).toEqual(maskBatch(strategy.sampleBatch(contexts, other), { padding: true }));
      expect(rng.state()).toEqual(other.state());
      const again = sampleBatch(strategy, contexts, createRng(9), { padding: true, reuse: batch });
      expect(again).toEqual(maskBatch(strategy.sampleBatch(contexts, createRng(9)), { padding: true }));
    }
  });

  it('writes into the arrays of a batch that is given back, and makes new ones where they do not fit', () => {
    const strategy = variable(true);
    const old = sampleBatch(strategy, contexts, createRng(5), { padding: true });
    const reused = sampleBatch(randomMasking(), contexts, createRng(6), { reuse: old });
    expect(reused).toEqual(sampleBatch(randomMasking(), contexts, createRng(6)));
    expect(reused.hidden).toBe(old.hidden);
    expect(reused.restore).toBe(old.restore);
    const again = sampleBatch(randomMasking(), contexts, createRng(7), { reuse: reused });
    expect(again).toEqual(sampleBatch(randomMasking(), contexts, createRng(7)));
    expect([again.visible, again.masked, again.maskedCounts]).toEqual([
      reused.visible,
      reused.masked,
      reused.maskedCounts,
    ]);
    expect(again.masked).toBe(reused.masked);
    expect(sampleBatch(randomMasking(), contexts.slice(1), createRng(8), { reuse: again })).toEqual(
      sampleBatch(randomMasking(), contexts.slice(1), createRng(8)),
    );
  });

  it('refuses no contexts and different grids', () => {
    expect(() => sampleBatch(randomMasking(), [], createRng(1))).toThrow(
      /sampleBatch: there must be at least one context/,
    );
    const other = { grid: createPatchGrid(7, 5), progress: 0 };
    expect(() => sampleBatch(randomMasking(), [contexts[0]!, other], createRng(1))).toThrow(
      /every context must have the grid of the first \(5 x 7\), got 7 x 5 in image 1; /,
    );
  });
});
