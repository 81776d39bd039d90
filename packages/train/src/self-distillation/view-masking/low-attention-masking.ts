// MST: only patches that the teacher hardly attends to may be hidden.

import { assertRange } from '@semmae/core';
import { rankByScore } from '@semmae/masking';

import { attentionOfViews, type ViewMasking } from './view-masking';

export interface LowAttentionMaskingOptions {
  /** The share of patches, the least attended ones, that may be hidden, in [0, 1]. Default 1/8. */
  fraction?: number;
  /** Probability of hiding each of them, in [0, 1]. Default 0.5. */
  probability?: number;
}

/**
 * Each of the ⌊fraction · N⌋ least attended patches (of equals the lower index) is hidden by a coin of its own, in every view.
 * With `probability` 1 this is AttMask-Low at that ratio. There is no published code of MST and both defaults are ours.
 *
 * Reference: Li et al., "MST: Masked Self-Supervised Transformer for Visual Representation", https://arxiv.org/abs/2106.05656
 */
export function lowAttentionMasking({
  fraction = 1 / 8,
  probability = 0.5,
}: LowAttentionMaskingOptions = {}): ViewMasking {
  assertRange('lowAttentionMasking', 'fraction', fraction, 0, 1);
  assertRange('lowAttentionMasking', 'probability', probability, 0, 1);
  return {
    name: 'views-low-attention',
    guidance: 'attention',
    sample(context, rng) {
      const attention = attentionOfViews('lowAttentionMasking', context);
      const {
        viewCount,
        grid: { patchCount },
      } = context;
      const hidden = new Float32Array(viewCount * patchCount);
      const candidates = Math.floor(fraction * patchCount);
      for (let first = 0; first < hidden.length; first += patchCount) {
        const lowestFirst = rankByScore(attention.slice(first, first + patchCount).map((score) => -score));
        for (const patch of lowestFirst.subarray(0, candidates))
          if (rng.uniform() < probability) hidden[first + patch] = 1;
      }
      return hidden;
    },
  };
}
