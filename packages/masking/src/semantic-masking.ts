// Semantic-guided masking, SemMAE's own: from a share of every part to whole parts as training goes on.

import type { Rng } from '@semmae/core';

import { type AlphaSchedule, alphaAt, polynomialAlpha } from './alpha-schedule';
import { partsOf } from './guidance';
import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import type { MaskingStrategy } from './masking-strategy';
import { partQuota } from './part-quota';
import { createPatchMask } from './patch-mask';

export interface SemanticMaskingOptions extends MaskedCountOptions {
  /** α for `context.progress`. Default `polynomialAlpha()`, which is α = progress². */
  alpha?: AlphaSchedule;
}

/**
 * Hides patches part by part. Early in training (α = 0) every part loses the same share, late (α = 1) randomly chosen
 * parts vanish whole and at most one is cut. Within a part the hidden patches are uniformly random.
 *
 * `context.parts` may come from anywhere (learned parts, k-means, a segmentation) and hold any ids from 0 to 255;
 * background is a part like any other. With a single part this is random masking. At α = 1 patches of small parts are
 * hidden less often than `maskRatio` and those of large parts more often: the ratio holds for the image, not per patch.
 *
 * The paper's quotas are real numbers; see `partQuota` for how they become an exact count.
 *
 * Reference: Li et al., "SemMAE: Semantic-Guided Masking for Learning Masked Autoencoders", §3.2 and Algorithm 1,
 * https://arxiv.org/abs/2206.10207
 */
export function semanticMasking({ alpha = polynomialAlpha(), ...count }: SemanticMaskingOptions = {}): MaskingStrategy {
  const maskedCountFor = maskedCountRule('semanticMasking', count);
  return {
    name: 'semantic',
    guidance: 'parts',
    sample(context, rng) {
      const { patchCount } = context.grid;
      const maskedCount = maskedCountFor(patchCount);
      const parts = partsOf('semanticMasking', context); // [N]
      const sizes = partSizes(parts);
      const order = presentParts(sizes, rng);
      const quota = partQuota({ sizes, maskedCount, alpha: alphaAt(alpha, context.progress), order });
      return createPatchMask({ patchCount, masked: drawFromParts(parts, quota, rng) });
    },
  };
}

/** [256] patches of each id. */
function partSizes(parts: Uint8Array): Int32Array {
  const sizes = new Int32Array(256);
  for (const part of parts) sizes[part]! += 1;
  return sizes;
}

/** The ids that occur, in random order. */
function presentParts(sizes: Int32Array, rng: Rng): number[] {
  const present: number[] = [];
  for (let part = 0; part < sizes.length; part++) if (sizes[part]! > 0) present.push(part);
  return rng.shuffle(present);
}

/** Walks the patches in random order and takes the first `quota[part]` of each part. */
function drawFromParts(parts: Uint8Array, quota: Int32Array, rng: Rng): number[] {
  const drawn: number[] = [];
  const left = quota.slice();
  for (const patch of rng.permutation(parts.length)) {
    const part = parts[patch]!;
    if (left[part]! === 0) continue;
    left[part]! -= 1;
    drawn.push(patch);
  }
  return drawn;
}
