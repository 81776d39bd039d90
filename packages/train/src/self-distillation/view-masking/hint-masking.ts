// AttMask-Hint: the most attended patches are hidden, but a few of the very first are shown.

import { assertRange, type Rng } from '@semmae/core';
import { rankByScore } from '@semmae/masking';

import { type MaskRatios, sharedRatio } from './mask-ratios';
import { mostAttended, ratioMasking } from './ratio-masking';
import { attentionOfViews, type ViewMasking } from './view-masking';

export interface HintMaskingOptions {
  /** Default `sharedRatio()`, AttMask. */
  ratios?: MaskRatios;
  /** Fraction of N, the most attended patches, from which hints are drawn, in [0, 1]. Default 0.1, AttMask. */
  pool?: number;
  /** Hints, as a fraction of N, are `pool` times a second draw U(least, most). Default 0.1 and 0.5, AttMask. */
  shown?: readonly [least: number, most: number];
}

/**
 * Masks by `ratios` as AttMask-High does, then shows trunc(s · N) patches of the pool of trunc(pool · N), drawn uniformly, so
 * the count falls below that of High. s = pool · U(shown) is drawn once for the batch, apart from the ratio. Where that is
 * no whole patch, none is shown (the published sampler fails there).
 *
 * Reference: Kakogeorgiou et al., "What to Hide from Your Students", §3.2, https://arxiv.org/abs/2203.12719
 */
export function hintMasking({
  ratios = sharedRatio(),
  pool = 0.1,
  shown: [least, most] = [0.1, 0.5],
}: HintMaskingOptions = {}): ViewMasking {
  assertRange('hintMasking', 'pool', pool, 0, 1);
  assertRange('hintMasking', 'shown', least, 0, 1);
  assertRange('hintMasking', 'shown', most, least, 1);
  const high = ratioMasking({ strategy: mostAttended, ratios });
  return {
    name: 'views-attention-hint',
    guidance: 'attention',
    sample(context, rng) {
      const { patchCount } = context.grid;
      const attention = attentionOfViews('hintMasking', context);
      const hidden = high.sample(context, rng);
      const shownCount = Math.trunc(pool * (least + (most - least) * rng.uniform()) * patchCount);
      const poolSize = Math.trunc(pool * patchCount);
      for (let view = 0; view < context.viewCount; view++) {
        const ofView = hidden.subarray(view * patchCount, (view + 1) * patchCount);
        const scores = attention.slice(view * patchCount, (view + 1) * patchCount);
        showSome(ofView, rankByScore(scores).slice(0, poolSize), shownCount, rng);
      }
      return hidden;
    },
  };
}

function showSome(hidden: Float32Array, pool: Int32Array, count: number, rng: Rng): void {
  for (const patch of rng.shuffle(pool).subarray(0, count)) hidden[patch] = 0;
}
