// The targets of I-JEPA as masks: what the predictor is asked for.

import { type BatchMaskingStrategy, createPatchMask } from '@semmae/masking';
import type { MultiBlockMasking } from '@semmae/masking/multi-block';

/** Hides the union of each image's target blocks. */
export function targetMasking(blocks: MultiBlockMasking): BatchMaskingStrategy {
  return {
    name: `${blocks.name}-targets`,
    guidance: 'none',
    sampleBatch(contexts, rng) {
      const { grid } = contexts[0]!;
      const batch = blocks.sampleBlocks({ grid, batchSize: contexts.length }, rng);
      const perImage = batch.targetBlocks * batch.targetCount;
      return contexts.map((_, image) => {
        const targets = new Set(batch.targets.subarray(image * perImage, (image + 1) * perImage));
        return createPatchMask({ patchCount: grid.patchCount, masked: [...targets] });
      });
    },
  };
}
