import { createPatchGrid, createRng } from '@semmae/core';
import { expect, it } from 'vitest';

import { maskFrequency } from './mask-frequency';
import type { BatchMaskingStrategy } from './masking-strategy';
import { createPatchMask } from './patch-mask';

const context = { grid: createPatchGrid(1, 3), progress: 0 };

it('counts how often each patch is masked', () => {
  let call = 0;
  const alternating = {
    name: 'alternating',
    guidance: 'none' as const,
    sample: () => createPatchMask({ patchCount: 3, masked: call++ % 2 === 0 ? [0, 1] : [1, 2] }),
  };
  expect([...maskFrequency(alternating, context, { draws: 10, rng: createRng(1) })]).toEqual([0.5, 1, 0.5]);
  expect(() => maskFrequency(alternating, context, { draws: 0, rng: createRng(1) })).toThrow(
    /draws must be an integer/,
  );
});

it('takes strategies that decide for batches', () => {
  const firstOfBatch: BatchMaskingStrategy = {
    name: 'first of the batch',
    guidance: 'none',
    sampleBatch: (contexts) =>
      contexts.map((_, image) => createPatchMask({ patchCount: 3, masked: image === 0 ? [2] : [] })),
  };
  expect([...maskFrequency(firstOfBatch, context, { draws: 8, batchSize: 4, rng: createRng(1) })]).toEqual([
    0, 0, 0.25,
  ]);
});
