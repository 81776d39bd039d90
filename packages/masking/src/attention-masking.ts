// Attention-guided masking: hide the most or the least attended patches, as AttMask does.

import { assertFraction, assertOneOf, type Rng } from '@semmae/core';

import { attentionOf } from './guidance';
import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import type { MaskingStrategy } from './masking-strategy';
import { createPatchMask } from './patch-mask';
import { rankByScore } from './rank-by-score';

export interface AttentionMaskingOptions extends MaskedCountOptions {
  /**
   * `high` hides the most attended patches, `low` the least attended ones, `hint` the most attended ones except a few
   * that are shown. Default `high`.
   */
  mode?: 'high' | 'hint' | 'low';
  /** `hint` only: fraction of N, the most attended patches, from which hints are drawn, in (0, 1). Default 0.1, AttMask. */
  hintPool?: number;
  /** `hint` only: fraction of the pool that is shown, in (0, 1). Default 0.3, the middle of AttMask's 0.1 … 0.5. */
  hintShown?: number;
}

/**
 * Hides exactly M patches, ranked by `context.attention`; equal scores rank the lower index first. `high` and `low`
 * draw nothing from the generator. AttMask's coin that leaves half of the images unmasked is left out: a batch
 * needs equal counts, and its ratio drawn anew for each batch is fixed here.
 *
 * `hint` shows `trunc(hintShown * trunc(hintPool * N))` patches (at least 1, at most N - M), drawn uniformly from the pool, and
 * hides the M most attended of all others. AttMask hides M and then shows some, ending below M; here the next patches
 * in the ranking take the places of those shown, so the count stays M.
 *
 * Reference: Kakogeorgiou et al., "What to Hide from Your Students: Attention-Guided Masked Image Modeling",
 * https://arxiv.org/abs/2203.12719
 */
export function attentionMasking({
  mode = 'high',
  hintPool = 0.1,
  hintShown = 0.3,
  ...count
}: AttentionMaskingOptions = {}): MaskingStrategy {
  assertOneOf('attentionMasking', 'mode', mode, ['high', 'hint', 'low']);
  assertFraction('attentionMasking', 'hintPool', hintPool);
  assertFraction('attentionMasking', 'hintShown', hintShown);
  const maskedCountFor = maskedCountRule('attentionMasking', count);
  return {
    name: `attention-${mode}`,
    guidance: 'attention',
    sample(context, rng) {
      const { patchCount } = context.grid;
      const maskedCount = maskedCountFor(patchCount);
      const attention = attentionOf('attentionMasking', context);
      const ranked = rankByScore(mode === 'low' ? attention.map((score) => -score) : attention); // [N]
      if (mode !== 'hint') return createPatchMask({ patchCount, masked: ranked.subarray(0, maskedCount) });

      const pool = ranked.slice(0, Math.max(1, Math.trunc(patchCount * hintPool)));
      const shownCount = Math.min(Math.max(1, Math.trunc(pool.length * hintShown)), patchCount - maskedCount);
      const hints = drawHints(pool, shownCount, rng);
      return createPatchMask({
        patchCount,
        masked: ranked.filter((patch) => !hints.has(patch)).subarray(0, maskedCount),
      });
    },
  };
}

/** The `count` first of a uniformly random order of the pool. */
function drawHints(pool: Int32Array, count: number, rng: Rng): Set<number> {
  return new Set(rng.shuffle(pool).subarray(0, count));
}
