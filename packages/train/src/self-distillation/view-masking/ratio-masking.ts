// Any masking strategy, applied to views with ratios that differ.

import { createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import { attentionMasking, blockMasking, type MaskingStrategy, randomMasking } from '@semmae/masking';

import { type MaskRatios, mixedRatios } from './mask-ratios';
import type { ViewMasking } from './view-masking';

export interface RatioMaskingOptions {
  /**
   * The strategy that hides `maskedCount` of the grid's patches, 1 to N - 1. Its guidance must be none or attention.
   * `blocks` and `randomPatches` are iBOT's two, `mostAttended` and `leastAttended` AttMask's.
   */
  strategy: (maskedCount: number, grid: PatchGrid) => MaskingStrategy;
  /** Default `mixedRatios()`. */
  ratios?: MaskRatios;
}

/** Hides trunc(ratio · N) patches of each view. Blocks are exact where iBOT's may stop short of the count. */
export function ratioMasking({ strategy, ratios = mixedRatios() }: RatioMaskingOptions): ViewMasking {
  const { name, guidance } = strategy(1, createPatchGrid(4, 4));
  if (guidance === 'parts') {
    throw new SemmaeError({
      where: 'ratioMasking',
      requirement: 'strategy must be guided by attention or by nothing',
      got: name,
      remedy: 'a teacher knows no parts of its views',
    });
  }
  return {
    name: `views-${name}`,
    guidance,
    sample({ grid, viewCount, progress, attention }, rng) {
      const { patchCount } = grid;
      const hidden = new Float32Array(viewCount * patchCount);
      ratios(viewCount, rng).forEach((ratio, view) => {
        const maskedCount = Math.min(patchCount - 1, Math.trunc(ratio * patchCount));
        if (maskedCount < 1) return;
        const first = view * patchCount;
        const scores = attention?.slice(first, first + patchCount);
        const { masked } = strategy(maskedCount, grid).sample({ grid, progress, attention: scores }, rng);
        for (const patch of masked) hidden[first + patch] = 1;
      });
      return hidden;
    },
  };
}

/** iBOT's blocks: at least (⌊min(rows, columns) / 3⌋)² patches each, log-uniform aspect between 0.3 and 1 / 0.3. */
export function blocks(maskedCount: number, { rows, columns }: PatchGrid): MaskingStrategy {
  const side = Math.max(1, Math.floor(Math.min(rows, columns) / 3));
  return blockMasking({ maskedCount, minimumBlock: side ** 2 });
}

/** Patches at random. */
export function randomPatches(maskedCount: number): MaskingStrategy {
  return randomMasking({ maskedCount });
}

/** The most attended patches: AttMask-High. */
export function mostAttended(maskedCount: number): MaskingStrategy {
  return attentionMasking({ mode: 'high', maskedCount });
}

/** The least attended patches: AttMask-Low. */
export function leastAttended(maskedCount: number): MaskingStrategy {
  return attentionMasking({ mode: 'low', maskedCount });
}
