import { createPatchGrid, createRng } from '@semmae/core';
import { expect, it } from 'vitest';

import { maskFrequency } from './mask-frequency';
import { createPatchMask } from './patch-mask';

it('counts how often each patch is masked', () => {
  let call = 0;
  const alternating = {
    name: 'alternating',
    guidance: 'none' as const,
    sample: () => createPatchMask({ patchCount: 3, masked: call++ % 2 === 0 ? [0, 1] : [1, 2] }),
  };
  const context = { grid: createPatchGrid(1, 3), progress: 0 };
  expect([...maskFrequency(alternating, context, { draws: 10, rng: createRng(1) })]).toEqual([0.5, 1, 0.5]);
  expect(() => maskFrequency(alternating, context, { draws: 0, rng: createRng(1) })).toThrow(
    /draws must be an integer/,
  );
});
