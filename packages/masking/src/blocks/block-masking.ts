// Block-wise masking: rectangles of random size and shape until the count is reached, as BEiT masks.

import { assertFraction, assertInteger, assertOneOf, SemmaeError } from '@semmae/core';

import { changeCount } from '../fix-count';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';
import { assertBlocksFit, hideBlocks } from './hide-blocks';

export interface BlockMaskingOptions extends MaskedCountOptions {
  /** Smallest area drawn for a block, in patches. Default 16, BEiT §2.3; the last block may be smaller. */
  minimumBlock?: number;
  /** Most patches that one block adds, at least `minimumBlock`. Default: as many as are missing, as in BEiT. */
  maximumBlock?: number;
  /** Blocks have height / width between this and its inverse, in (0, 1). Default 0.3, BEiT §2.3. */
  minimumAspect?: number;
  /**
   * `beit-v1` leaves out the single patches that make the count exact: a mask then hides at most the count, often
   * fewer patches, at worst none, and batches of it are padded. Default: exact, as BEiT v2.
   */
  faithful?: 'beit-v1';
}

/**
 * Hides rectangular blocks of patches. Blocks never span a whole side of the grid (unless it is one patch wide) and
 * favor the center: a corner is hidden far less often.
 *
 * Blocks stop when ten draws in a row do not fit. Random single patches then make the count exact, the rule of BEiT v2.
 * Always ends, whatever the count. BEiT itself masks 75 of 196: `{ maskedCount: 75 }`. Throws on grids in which no
 * block can ever fit.
 *
 * Reference: Bao et al., "BEiT: BERT Pre-Training of Image Transformers", Algorithm 1, https://arxiv.org/abs/2106.08254
 */
export function blockMasking({
  minimumBlock = 16,
  maximumBlock = Number.POSITIVE_INFINITY,
  minimumAspect = 0.3,
  faithful,
  ...count
}: BlockMaskingOptions = {}): MaskingStrategy {
  assertInteger('blockMasking', 'minimumBlock', minimumBlock);
  assertFraction('blockMasking', 'minimumAspect', minimumAspect);
  if (faithful !== undefined) assertOneOf('blockMasking', 'faithful', faithful, ['beit-v1']);
  if (!(maximumBlock >= minimumBlock)) {
    throw new SemmaeError({
      where: 'blockMasking',
      requirement: `maximumBlock must be at least minimumBlock (${minimumBlock})`,
      got: maximumBlock,
      remedy: 'raise it or lower minimumBlock',
    });
  }
  const maskedCountFor = maskedCountRule('blockMasking', count);
  const shape = { minimumBlock, maximumBlock, minimumAspect };
  return strategyFromHide({
    name: faithful ?? 'block',
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      assertBlocksFit('blockMasking', grid, maskedCount, shape);
      const count = hideBlocks(grid, maskedCount, shape, hidden, rng);
      if (faithful === undefined) changeCount(hidden, count, maskedCount, rng);
    },
  });
}
