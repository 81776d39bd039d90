// iBOT and DINOv2: blocks or random patches, of ratios that differ from image to image.

import { assertOneOf, type PatchGrid, type Rng } from '@semmae/core';

import { hideBlocks } from '../blocks/hide-blocks';
import { CountFixer } from '../fix-count';
import type { BatchMaskingStrategy } from '../masking-strategy';
import { drawWithoutReplacement } from '../selection/draw-without-replacement';
import { batchFromRatios, type RatioOptions } from './batch-from-ratios';
import { mixedRatios } from './mixed-ratios';

export interface IbotMaskingOptions extends RatioOptions {
  /** `block` (default) hides rectangles, `random` single patches. */
  shape?: 'block' | 'random' | undefined;
  /**
   * True: blocks end where ten draws in a row do not fit, so images hide at most ratio · N patches, often fewer. Default
   * false: single random patches fill up to trunc(ratio · N). `random` always hides that many.
   */
  faithful?: boolean | undefined;
}

/**
 * Hides trunc(ratio · N) patches of each image (at least one stays visible), with ratios by the law `ratios`: `mixedRatios()` is
 * iBOT's and the default, `stratifiedRatios()` DINOv2's. Blocks are those of BEiT, with at least ⌊min(rows, columns) / 3⌋² patches
 * drawn for each and aspects from 0.3 to 1 / 0.3. Counts differ: replace hidden tokens, or pad the batch.
 *
 * Reference: Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", https://arxiv.org/abs/2111.07832
 */
export function ibotMasking({
  shape = 'block',
  ratios = mixedRatios(),
  from = 0,
  faithful = false,
}: IbotMaskingOptions = {}): BatchMaskingStrategy {
  assertOneOf('ibotMasking', 'shape', shape, ['block', 'random']);
  const fixer = new CountFixer();
  return batchFromRatios({
    where: 'ibotMasking',
    name: `ibot-${shape}`,
    guidance: 'none',
    ratios,
    from,
    hide({ grid }, maskedCount, ratio, hidden, rng) {
      if (shape === 'random') return drawWithoutReplacement(maskedCount, grid.patchCount, hidden, rng);
      // The published loop ends at the fractional target.
      const target = faithful ? Math.min(ratio * grid.patchCount, grid.patchCount - 1) : maskedCount;
      const count = hideIbotBlocks(grid, target, hidden, rng);
      if (!faithful) fixer.change(hidden, count, maskedCount, rng);
    },
  });
}

function hideIbotBlocks(grid: PatchGrid, target: number, hidden: Uint8Array, rng: Rng): number {
  const side = Math.max(1, Math.floor(Math.min(grid.rows, grid.columns) / 3));
  const shape = { minimumBlock: side ** 2, maximumBlock: Number.POSITIVE_INFINITY, minimumAspect: 0.3 };
  return hideBlocks(grid, target, shape, hidden, rng);
}
