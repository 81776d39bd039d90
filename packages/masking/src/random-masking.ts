// Uniform random masking, the MAE baseline every other strategy is compared with.

import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import type { MaskingStrategy } from './masking-strategy';
import { createPatchMask } from './patch-mask';

export type RandomMaskingOptions = MaskedCountOptions;

/**
 * Hides a uniformly random subset of patches, drawn independently for each image.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export function randomMasking(options: RandomMaskingOptions = {}): MaskingStrategy {
  const maskedCountFor = maskedCountRule('randomMasking', options);
  return {
    name: 'random',
    guidance: 'none',
    sample({ grid: { patchCount } }, rng) {
      const maskedCount = maskedCountFor(patchCount);
      const order = rng.permutation(patchCount); // [N]
      return createPatchMask({ patchCount, masked: order.subarray(0, maskedCount) });
    },
  };
}
