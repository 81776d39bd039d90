// Uniform random masking, the MAE baseline every other strategy is compared with.

import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import type { MaskingStrategy } from './masking-strategy';
import { drawWithoutReplacement } from './selection/draw-without-replacement';
import { strategyFromHide } from './strategy-from-hide';

export type RandomMaskingOptions = MaskedCountOptions;

/**
 * Hides a uniformly random subset of patches, drawn independently for each image.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export function randomMasking(options: RandomMaskingOptions = {}): MaskingStrategy {
  const maskedCountFor = maskedCountRule('randomMasking', options);
  return strategyFromHide({
    name: 'random',
    hide({ grid: { patchCount } }, hidden, rng) {
      drawWithoutReplacement(maskedCountFor(patchCount), patchCount, hidden, rng);
    },
  });
}
