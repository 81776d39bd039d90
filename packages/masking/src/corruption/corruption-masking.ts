// The corruption blocks of SiT / GMML as a mask over patches.

import { assertFraction, assertInteger } from '@semmae/core';

import { CountFixer } from '../fix-count';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';
import { evenBlocks, publishedBlocks } from './corruption-block';
import { drawShare, hideCorruption } from './hide-corruption';

export interface CorruptionMaskingOptions extends MaskedCountOptions {
  /** Fraction of patches hidden, in (0, 1). Default 0.5, the `drop_perc` of SiT. */
  maskRatio?: number | undefined;
}

export interface PublishedCorruptionMaskingOptions {
  /** Fraction of patches hidden at least, in (0, 1). Default 0.5, the `drop_perc` of SiT; beyond it, drawn from 0.5 to this. */
  maskRatio?: number | undefined;
  /** Side of a patch in pixels, in which the published code draws its blocks. Default 16, SiT. */
  patchSize?: number | undefined;
}

/**
 * Hides many small overlapping blocks, each at most 0.3 of the image's sides, until the count is reached; random patches
 * of them are then shown again to make it exact. Every patch is hidden about equally often.
 *
 * Reference: Atito et al., "SiT: Self-supervised vIsion Transformer", §3.1, https://arxiv.org/abs/2104.03602
 */
export function corruptionMasking(count: CorruptionMaskingOptions = {}): MaskingStrategy {
  const maskedCountFor = maskedCountRule('corruptionMasking', count, 0.5);
  const drawBlock = evenBlocks();
  const fixer = new CountFixer();
  return strategyFromHide({
    name: 'corruption',
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      hideCorruption('corruptionMasking', grid, maskedCount, drawBlock, hidden, rng);
      fixer.fix(hidden, maskedCount, rng);
    },
  });
}

/**
 * The blocks as published: a mask hides up to a block more than `maskRatio`, so batches of it are padded, and the bottom right
 * is hidden more often than the top left.
 */
export function publishedCorruptionMasking({
  maskRatio = 0.5,
  patchSize = 16,
}: PublishedCorruptionMaskingOptions = {}): MaskingStrategy {
  const where = 'publishedCorruptionMasking';
  assertInteger(where, 'patchSize', patchSize);
  assertFraction(where, 'maskRatio', maskRatio);
  const drawBlock = publishedBlocks(where, patchSize);
  return strategyFromHide({
    name: 'sit',
    hide({ grid }, hidden, rng) {
      hideCorruption(where, grid, drawShare(maskRatio, rng) * grid.patchCount, drawBlock, hidden, rng);
    },
  });
}
