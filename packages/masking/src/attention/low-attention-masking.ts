// MST: only patches that the teacher hardly attends to may be hidden.

import { assertRange, SemmaeError } from '@semmae/core';

import { CountFixer } from '../fix-count';
import { attentionOf } from '../guidance';
import type { MaskingStrategy } from '../masking-strategy';
import { roundHalfToEven } from '../round-half-to-even';
import { ScoreSelector } from '../selection/score-selector';
import { strategyFromHide } from '../strategy-from-hide';

export interface LowAttentionMaskingOptions {
  /** The share of patches, the least attended ones, that may be hidden, in [0, 1]. Default 1/8. */
  fraction?: number | undefined;
  /** Probability of hiding each of them, in [0, 1]. Default 0.5. */
  probability?: number | undefined;
  /**
   * True: exactly round(probability · candidates) of them are hidden (halves to even), so that tokens can be dropped. Default
   * false: each by a coin of its own, so counts differ; replace hidden tokens or pad the batch.
   */
  fixedCount?: boolean | undefined;
}

/**
 * Hides some of the ⌊fraction · N⌋ least attended patches (of equals the lower index first), the candidates, never any other. With
 * `probability` 1 this is AttMask-Low at that ratio. There is no published code of MST and both defaults are ours.
 *
 * Reference: Li et al., "MST: Masked Self-Supervised Transformer for Visual Representation", https://arxiv.org/abs/2106.05656
 */
export function lowAttentionMasking({
  fraction = 1 / 8,
  probability = 0.5,
  fixedCount = false,
}: LowAttentionMaskingOptions = {}): MaskingStrategy {
  const where = 'lowAttentionMasking';
  assertRange(where, 'fraction', fraction, 0, 1);
  assertRange(where, 'probability', probability, 0, 1);
  const selector = new ScoreSelector();
  const fixer = new CountFixer();
  return strategyFromHide({
    name: fixedCount ? 'mst-fixed' : 'mst',
    guidance: 'attention',
    hide(context, hidden, rng) {
      const { patchCount } = context.grid;
      const candidates = Math.floor(fraction * patchCount);
      selector.look(where, 'context.attention', attentionOf(where, context), true);
      if (!fixedCount) {
        const listed = selector.listFirst(candidates);
        hidden.fill(0);
        for (let place = 0; place < candidates; place++) hidden[listed[place]!] = +(rng.uniform() < probability);
        return;
      }
      const maskedCount = roundHalfToEven(probability * candidates);
      if (maskedCount < 1 || maskedCount >= patchCount) throw oneSided(maskedCount, patchCount);
      selector.markFirst(candidates, hidden);
      fixer.fix(hidden, maskedCount, rng);
    },
  });
}

function oneSided(maskedCount: number, patchCount: number): SemmaeError {
  return new SemmaeError({
    where: 'lowAttentionMasking',
    requirement: `at least one of ${patchCount} patches must stay visible and one be masked`,
    got: `${maskedCount} masked`,
    remedy: 'choose another fraction or probability',
  });
}
