// Attention-guided masking: hide the most or the least attended patches, as AttMask does.

import { assertFraction, assertOneOf } from '@semmae/core';

import { attentionOf } from '../guidance';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { ScoreSelector } from '../selection/score-selector';
import { strategyFromHide } from '../strategy-from-hide';
import { drawHints } from './draw-hints';

export const attentionModes = ['high', 'hint', 'low'] as const;

/** `high` hides the most attended patches, `low` the least attended, `hint` the most attended except a few that are shown. */
export type AttentionMode = (typeof attentionModes)[number];

export interface AttentionMaskingOptions extends MaskedCountOptions {
  /** Default `high`. */
  mode?: AttentionMode | undefined;
  /** `hint` only: fraction of N, the most attended patches, from which hints are drawn, in (0, 1). Default 0.1, AttMask. */
  hintPool?: number | undefined;
  /** `hint` only: fraction of the pool that is shown, in (0, 1). Default 0.3, the middle of AttMask's 0.1 … 0.5. */
  hintShown?: number | undefined;
}

/**
 * AttMask with one count: hides exactly M patches, ranked by `context.attention`; equal scores rank the lower index first.
 * `high` and `low` draw nothing from the generator. AttMask itself draws a ratio for each batch and leaves half of the images
 * unmasked: `publishedAttentionMasking`. Here counts are equal, so tokens can be dropped.
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
  assertOneOf('attentionMasking', 'mode', mode, attentionModes);
  assertFraction('attentionMasking', 'hintPool', hintPool);
  assertFraction('attentionMasking', 'hintShown', hintShown);
  const maskedCountFor = maskedCountRule('attentionMasking', count);
  const selector = new ScoreSelector();
  let others = new Float32Array(0); // [N - hints] attention of all patches but the hints
  let chosen = new Uint8Array(0);

  /** From hints in `hidden` to the mask: the `maskedCount` most attended of the `otherCount` patches that are no hints. */
  function hideOthers(attention: Float32Array, maskedCount: number, otherCount: number, hidden: Uint8Array): void {
    if (others.length !== otherCount) {
      others = new Float32Array(otherCount);
      chosen = new Uint8Array(otherCount);
    }
    for (let patch = 0, other = 0; other < otherCount; patch++)
      if (hidden[patch] === 0) others[other++] = attention[patch]!;
    selector.look('attentionMasking', 'context.attention', others);
    selector.markFirst(maskedCount, chosen);
    for (let patch = 0, other = 0; patch < hidden.length; patch++)
      hidden[patch] = hidden[patch] === 1 ? 0 : chosen[other++]!;
  }

  return strategyFromHide({
    name: `attention-${mode}`,
    guidance: 'attention',
    hide(context, hidden, rng) {
      const { patchCount } = context.grid;
      const maskedCount = maskedCountFor(patchCount);
      const attention = attentionOf('attentionMasking', context);
      selector.look('attentionMasking', 'context.attention', attention, mode === 'low');
      if (mode !== 'hint') selector.markFirst(maskedCount, hidden);
      else {
        const poolSize = Math.max(1, Math.trunc(patchCount * hintPool));
        const hintCount = Math.min(Math.max(1, Math.trunc(poolSize * hintShown)), patchCount - maskedCount);
        if (poolSize <= maskedCount + hintCount) {
          selector.markFirst(maskedCount + hintCount, hidden); // the rule: the pool is among them
          drawHints(selector, { poolSize, hintCount }, hidden, 0, rng);
        } else {
          hidden.fill(0);
          drawHints(selector, { poolSize, hintCount }, hidden, 1, rng);
          hideOthers(attention, maskedCount, patchCount - hintCount, hidden);
        }
      }
    },
  });
}
