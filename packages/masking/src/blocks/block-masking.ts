// Block-wise masking: rectangles of random size and shape until the count is reached, as BEiT masks.

import { assertFraction, assertInteger, SemmaeError } from '@semmae/core';

import { CountFixer } from '../fix-count';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';
import { assertBlocksFit, hideBlocks } from './hide-blocks';

export interface BlockMaskingOptions extends MaskedCountOptions {
  /** Smallest area drawn for a block, in patches. Default 16, BEiT §2.3; the last block may be smaller. */
  minimumBlock?: number | undefined;
  /** Most patches that one block adds, at least `minimumBlock`. Default: as many as are missing, as in BEiT. */
  maximumBlock?: number | undefined;
  /** Blocks have height / width between this and its inverse, in (0, 1). Default 0.3, BEiT §2.3. */
  minimumAspect?: number | undefined;
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
export function blockMasking(options: BlockMaskingOptions = {}): MaskingStrategy {
  return blocksUpTo('blockMasking', 'block', options, true);
}

/**
 * `blockMasking` without the single patches that make the count exact, as BEiT v1 was published: a mask hides at most the
 * count, often fewer patches, at worst none, so batches of it are padded.
 */
export function publishedBlockMasking(options: BlockMaskingOptions = {}): MaskingStrategy {
  return blocksUpTo('publishedBlockMasking', 'beit-v1', options, false);
}

function blocksUpTo(
  where: string,
  name: string,
  { minimumBlock = 16, maximumBlock = Number.POSITIVE_INFINITY, minimumAspect = 0.3, ...count }: BlockMaskingOptions,
  isExact: boolean,
): MaskingStrategy {
  assertInteger(where, 'minimumBlock', minimumBlock);
  assertFraction(where, 'minimumAspect', minimumAspect);
  if (!(maximumBlock >= minimumBlock)) {
    throw new SemmaeError({
      where,
      requirement: `maximumBlock must be at least minimumBlock (${minimumBlock})`,
      got: maximumBlock,
      remedy: 'raise it or lower minimumBlock',
    });
  }
  const maskedCountFor = maskedCountRule(where, count);
  const fixer = new CountFixer();
  const shape = { minimumBlock, maximumBlock, minimumAspect };
  return strategyFromHide({
    name,
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      assertBlocksFit(where, grid, maskedCount, shape);
      const found = hideBlocks(grid, maskedCount, shape, hidden, rng);
      if (isExact) fixer.change(hidden, found, maskedCount, rng);
    },
  });
}
