// What many masks of a strategy have in common: how often each patch is hidden, and how many patches at once.

import { assertInteger, type Rng } from '@semmae/core';

import type { BatchMaskingStrategy, MaskingContext, MaskingStrategy } from './masking-strategy';

export interface MaskStatisticsOptions {
  /** Masks drawn. Default 1000; a frequency near 0.75 then errs by about 0.014 (one standard deviation), 20000 by 0.003. */
  draws?: number | undefined;
  /** Images in a batch, for strategies that decide for batches; the masks of some depend on it. Default 64. */
  batchSize?: number | undefined;
  rng: Rng;
}

export interface MaskStatistics {
  readonly draws: number;
  /** [N] fraction of the masks that hide each patch, in [0, 1]. Reshape to the grid to see it as a heat map. */
  readonly frequency: Float64Array;
  /** [N + 1] how many of the masks hide exactly k patches, k = 0 … N. Where the count is exact, one entry holds all draws. */
  readonly counts: Uint32Array;
}

/**
 * Draws masks of one image and counts. Strategies for batches get batches in which every image has this context.
 * Throws when `draws` or `batchSize` are not positive integers, and whatever the strategy throws.
 */
export function maskStatistics(
  strategy: MaskingStrategy | BatchMaskingStrategy,
  context: MaskingContext,
  { draws = 1000, batchSize = 64, rng }: MaskStatisticsOptions,
): MaskStatistics {
  assertInteger('maskStatistics', 'draws', draws);
  assertInteger('maskStatistics', 'batchSize', batchSize);
  const { patchCount } = context.grid;
  const hidings = new Uint32Array(patchCount);
  const counts = new Uint32Array(patchCount + 1);
  const count = (masked: Int32Array) => {
    for (let index = 0; index < masked.length; index++) hidings[masked[index]!]! += 1;
    counts[masked.length]! += 1;
  };

  if ('sampleBatch' in strategy) {
    const contexts = new Array<MaskingContext>(batchSize).fill(context);
    // The last batch is drawn whole and cut here, since a strategy may mask a smaller batch differently.
    for (let drawn = 0; drawn < draws; drawn += batchSize) {
      for (const { masked } of strategy.sampleBatch(contexts, rng).slice(0, draws - drawn)) count(masked);
    }
  } else {
    for (let draw = 0; draw < draws; draw++) count(strategy.sample(context, rng).masked);
  }
  return { draws, frequency: Float64Array.from(hidings, (times) => times / draws), counts };
}
