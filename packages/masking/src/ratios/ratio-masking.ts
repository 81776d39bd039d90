// Any masking strategy, with a ratio that differs from image to image.

import { createPatchGrid, type PatchGrid } from '@semmae/core';

import { hideWith } from '../hide-with';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { batchFromRatios, type RatioOptions } from './batch-from-ratios';
import { mixedRatios } from './mixed-ratios';

export interface RatioMaskingOptions extends RatioOptions {
  /**
   * The strategy that hides `maskedCount` of the grid's patches, 1 to N - 1:
   * `(maskedCount) => attentionMasking({ maskedCount })`. Made once for each count.
   */
  strategy: (maskedCount: number, grid: PatchGrid) => MaskingStrategy;
}

/**
 * Hides trunc(ratio · N) patches of each image (at least one patch stays visible) as `strategy` would, with ratios by the law
 * `ratios`, by default `mixedRatios()`.
 */
export function ratioMasking({
  strategy,
  ratios = mixedRatios(),
  from = 0,
}: RatioMaskingOptions): BatchMaskingStrategy {
  const { name, guidance } = strategy(1, createPatchGrid(4, 4));
  const ofCount = strategiesByCount(strategy);
  return batchFromRatios({
    where: 'ratioMasking',
    name: `ratios-${name}`,
    guidance,
    ratios,
    from,
    hide(context, maskedCount, _ratio, hidden, rng) {
      hideWith(ofCount(maskedCount, context.grid), context, hidden, rng);
    },
  });
}

/** Strategies that were made for the present grid. */
function strategiesByCount(create: RatioMaskingOptions['strategy']): RatioMaskingOptions['strategy'] {
  let known: MaskingStrategy[] = []; // [N] by masked count
  let [rows, columns] = [0, 0];
  return (maskedCount, grid) => {
    if (grid.rows !== rows || grid.columns !== columns) {
      known = [];
      [rows, columns] = [grid.rows, grid.columns];
    }
    known[maskedCount] ??= create(maskedCount, grid);
    return known[maskedCount];
  };
}
