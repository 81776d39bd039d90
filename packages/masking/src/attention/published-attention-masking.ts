// AttMask as published: a ratio for the batch, a coin for each image, and a few hints shown.

import { assertOneOf, assertRange } from '@semmae/core';

import { attentionOf } from '../guidance';
import type { BatchMaskingStrategy } from '../masking-strategy';
import { batchFromRatios, type RatioOptions } from '../ratios/batch-from-ratios';
import { sharedRatio } from '../ratios/shared-ratio';
import { ScoreSelector } from '../selection/score-selector';
import { type AttentionMode, attentionModes } from './attention-masking';
import { drawHints } from './draw-hints';

export interface PublishedAttentionMaskingOptions extends RatioOptions {
  /** As in `attentionMasking`. Default `high`. */
  mode?: AttentionMode | undefined;
  /** `hint` only: fraction of N, the most attended patches, from which hints are drawn, in [0, 1]. Default 0.1. */
  hintPool?: number | undefined;
  /** `hint` only: the fraction of the pool that is shown is one draw U(least, most) for the batch. Default [0.1, 0.5]. */
  hintShown?: readonly [least: number, most: number] | undefined;
}

/**
 * Hides the n = trunc(ratio · N) most or least attended patches of each image (equal scores: the lower index first; at least
 * one patch stays visible), with ratios by the law `ratios`, by default `sharedRatio()`. `hint` then shows trunc(s · N) of
 * the pool of trunc(hintPool · N), drawn uniformly for each image; s = hintPool · U(hintShown) is one draw for the batch, apart
 * from the ratio. Hints come from the whole pool even where fewer patches are hidden, so some of them may be visible anyway.
 * Where s · N is less than one patch none is shown; the published sampler fails there.
 *
 * Counts are 0 where the coin says so, so replace hidden tokens or pad the batch. `attentionMasking` has one count for all.
 *
 * Reference: Kakogeorgiou et al., "What to Hide from Your Students: Attention-Guided Masked Image Modeling", §3.2,
 * https://arxiv.org/abs/2203.12719
 */
export function publishedAttentionMasking({
  mode = 'high',
  ratios = sharedRatio(),
  from = 0,
  hintPool = 0.1,
  hintShown: [least, most] = [0.1, 0.5],
}: PublishedAttentionMaskingOptions = {}): BatchMaskingStrategy {
  const where = 'publishedAttentionMasking';
  assertOneOf(where, 'mode', mode, attentionModes);
  assertRange(where, 'hintPool', hintPool, 0, 1);
  assertRange(where, 'hintShown', least, 0, 1);
  assertRange(where, 'hintShown', most, least, 1);
  const selector = new ScoreSelector();
  let shownShare = 0; // s of the present batch
  return batchFromRatios({
    where,
    name: `attmask-${mode}`,
    guidance: 'attention',
    from,
    ratios(imageCount, rng) {
      const drawn = ratios(imageCount, rng);
      if (mode === 'hint') shownShare = hintPool * (least + (most - least) * rng.uniform());
      return drawn;
    },
    hide(context, maskedCount, _ratio, hidden, rng) {
      const { patchCount } = context.grid;
      selector.look(where, 'context.attention', attentionOf(where, context), mode === 'low');
      selector.markFirst(maskedCount, hidden);
      if (mode !== 'hint') return;
      const poolSize = Math.trunc(hintPool * patchCount);
      const hintCount = Math.min(Math.trunc(shownShare * patchCount), poolSize);
      drawHints(selector, { poolSize, hintCount }, hidden, 0, rng);
    },
  });
}
