// The corruption blocks of SiT / GMML as a mask over patches.

import { assertFraction, assertInteger, SemmaeError } from '@semmae/core';

import { fixCount } from '../fix-count';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';
import { drawEvenBlock, publishedBlocks } from './corruption-block';
import { drawShare, hideCorruption } from './hide-corruption';

export interface CorruptionMaskingOptions extends MaskedCountOptions {
  /** Fraction of patches hidden, in (0, 1). Default 0.5, the `drop_perc` of SiT. */
  maskRatio?: number;
  /**
   * The published blocks, aligned to patches of `patchSize` pixels. They overshoot: a mask hides up to a block more than
   * `maskRatio`, batches of it are padded, and `maskedCount` is not to be had. The bottom right is hidden more often.
   */
  faithful?: { patchSize: number };
}

/**
 * Hides many small overlapping blocks, each at most 0.3 of the image's sides, until the count is reached; random patches
 * of them are then shown again to make it exact. Every patch is hidden about equally often.
 *
 * Reference: Atito et al., "SiT: Self-supervised vIsion Transformer", §3.1, https://arxiv.org/abs/2104.03602
 */
export function corruptionMasking({ faithful, ...count }: CorruptionMaskingOptions = {}): MaskingStrategy {
  if (faithful !== undefined) return publishedMasking(faithful.patchSize, count);
  const isCountGiven = count.maskRatio !== undefined || count.maskedCount !== undefined;
  const maskedCountFor = maskedCountRule('corruptionMasking', isCountGiven ? count : { ...count, maskRatio: 0.5 });
  return strategyFromHide({
    name: 'corruption',
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      hideCorruption('corruptionMasking', grid, maskedCount, drawEvenBlock, hidden, rng);
      fixCount(hidden, maskedCount, rng);
    },
  });
}

function publishedMasking(patchSize: number, { maskRatio = 0.5, ...exact }: MaskedCountOptions): MaskingStrategy {
  assertInteger('corruptionMasking', 'patchSize', patchSize);
  assertFraction('corruptionMasking', 'maskRatio', maskRatio);
  if (exact.maskedCount !== undefined || exact.countPolicy !== undefined) {
    throw new SemmaeError({
      where: 'corruptionMasking',
      requirement: 'faithful must have no exact count',
      got: exact,
      remedy: 'give maskRatio, or leave out faithful',
    });
  }
  const drawBlock = publishedBlocks('corruptionMasking', patchSize);
  return strategyFromHide({
    name: 'sit',
    hide({ grid }, hidden, rng) {
      const target = drawShare(maskRatio, rng) * grid.patchCount;
      hideCorruption('corruptionMasking', grid, target, drawBlock, hidden, rng);
    },
  });
}
