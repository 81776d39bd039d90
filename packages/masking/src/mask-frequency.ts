// How often each patch is masked: one picture shows every bias of a masking strategy.

import { assertInteger, type Rng } from '@semmae/core';

import type { MaskingContext, MaskingStrategy } from './masking-strategy';

/** [N] fraction of `draws` masks that hide each patch, in [0, 1]. Reshape to the grid to see it as a heat map. */
export function maskFrequency(
  strategy: MaskingStrategy,
  context: MaskingContext,
  { draws = 1000, rng }: { draws?: number; rng: Rng },
): Float64Array {
  assertInteger('maskFrequency', 'draws', draws);
  const counts = new Float64Array(context.grid.patchCount);
  for (let draw = 0; draw < draws; draw++) {
    for (const patch of strategy.sample(context, rng).masked) counts[patch]! += 1;
  }
  return counts.map((count) => count / draws);
}
