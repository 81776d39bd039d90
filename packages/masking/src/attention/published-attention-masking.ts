// AttMask as published: a ratio for the batch, a coin for each image, and a few hints shown.

import { assertOneOf, assertRange } from '@semmae/core';

import { attentionOf } from '../guidance';
import type { BatchMaskingStrategy } from '../masking-strategy';
import { batchFromRatios, type RatioOptions } from '../ratios/batch-from-ratios';
import { sharedRatio } from '../ratios/shared-ratio';
import { bucketScores, markFirst } from '../selection/score-buckets';
import { drawHints } from './draw-hints';

export interface AttMaskingOptions extends RatioOptions {
  /**
   * `high` hides the most attended patches, `low` the least attended ones, `hint` those of `high` except a few that are
   * shown. Default `hint`.
   */
  mode?: 'high' | 'hint' | 'low';
  /** `hint` only: fraction of N, the most attended patches, from which hints are drawn, in [0, 1]. Default 0.1. */
  pool?: number;
  /** `hint` only: hints, as a fraction of N, are `pool` times a draw U(least, most) of their own. Default 0.1 and 0.5. */
  shown?: readonly [least: number, most: number];
  /**
   * `hint` only. True: hints come from the whole pool even where fewer patches are hidden, so some show nothing new and
   * the count is no longer that of `high` less the hints. Default false: from hidden patches alone, and never all of them.
   */
  faithful?: boolean;
}

/**
 * Hides the n = trunc(ratio · N) most or least attended patches of each image (equal scores: the lower index first; at least
 * one patch stays visible), with ratios by the law `ratios`, by default `sharedRatio()`. `hint` then shows trunc(s · N) of
 * the pool of trunc(pool · N), drawn uniformly for each image; s = pool · U(shown) is one draw for the batch, apart from the ratio.
 * Where that is no whole patch none is shown, where the published sampler fails.
 *
 * Counts are 0 where the coin says so, so replace hidden tokens or pad the batch. `attentionMasking` has one count for all.
 *
 * Reference: Kakogeorgiou et al., "What to Hide from Your Students: Attention-Guided Masked Image Modeling", §3.2,
 * https://arxiv.org/abs/2203.12719
 */
export function attMasking({
  mode = 'hint',
  ratios = sharedRatio(),
  from = 0,
  pool = 0.1,
  shown: [least, most] = [0.1, 0.5],
  faithful = false,
}: AttMaskingOptions = {}): BatchMaskingStrategy {
  const where = 'attMasking';
  assertOneOf(where, 'mode', mode, ['high', 'hint', 'low']);
  assertRange(where, 'pool', pool, 0, 1);
  assertRange(where, 'shown', least, 0, 1);
  assertRange(where, 'shown', most, least, 1);
  let shownShare = 0; // s of the present batch
  return batchFromRatios({
    where,
    name: `attmask-${mode}`,
    guidance: 'attention',
    from,
    ratios(imageCount, rng) {
      const drawn = ratios(imageCount, rng);
      if (mode === 'hint') shownShare = pool * (least + (most - least) * rng.uniform());
      return drawn;
    },
    hide(context, maskedCount, _ratio, hidden, rng) {
      const { patchCount } = context.grid;
      bucketScores(where, 'context.attention', attentionOf(where, context), mode === 'low');
      markFirst(maskedCount, hidden);
      if (mode !== 'hint') return;
      const poolSize = Math.trunc(pool * patchCount);
      const hintCount = Math.trunc(shownShare * patchCount);
      const shown = faithful
        ? { poolSize, hintCount: Math.min(hintCount, poolSize) }
        : { poolSize: Math.min(poolSize, maskedCount), hintCount: Math.min(hintCount, poolSize, maskedCount - 1) };
      drawHints(shown, hidden, 0, rng);
    },
  });
}
