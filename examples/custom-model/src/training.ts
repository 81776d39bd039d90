// The user's own training loop. The two lines that know of @semmae/masking are in `sampleMasks`.

import { createRng, type MaskingStrategy, maskBatch, type Rng } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';

import { createInpainter, inpaintingLoss } from './inpainter';
import { drawScene, grid, patchPixels, type Scene } from './scenes';

const batchSize = 8;
const evaluationSize = 32;

export interface TrainingReport {
  name: string;
  /** Loss on held-out scenes under the strategy's own masks, before and after training. */
  before: number;
  after: number;
  /** Loss after training under the same masks for every strategy, the only column to compare between rows. */
  afterOnReference: number;
}

/** Trains one model from the same weights and scenes with the given strategy. */
export function trainWith(
  strategy: MaskingStrategy,
  reference: MaskingStrategy,
  steps: number,
  seed: number,
): TrainingReport {
  const model = createInpainter(seed);
  const optimizer = tf.train.adam(3e-3);
  const scenes = createRng(seed).split('scenes');
  const masks = createRng(seed).split('masks');
  const evaluate = (maskedBy: MaskingStrategy, progress: number) =>
    tf.tidy(() => {
      const rng = createRng(seed).split('evaluation');
      const { patches, masked } = sampleBatch(maskedBy, evaluationSize, progress, rng, rng);
      return inpaintingLoss(model, patches, masked).dataSync()[0]!;
    });

  const before = evaluate(strategy, 1);
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const { patches, masked } = sampleBatch(strategy, batchSize, step / steps, scenes, masks);
      optimizer.minimize(() => inpaintingLoss(model, patches, masked));
    });
  }
  const report = {
    name: strategy.name,
    before,
    after: evaluate(strategy, 1),
    afterOnReference: evaluate(reference, 1),
  };
  optimizer.dispose();
  model.dispose();
  return report;
}

function sampleBatch(strategy: MaskingStrategy, size: number, progress: number, sceneRng: Rng, maskRng: Rng) {
  const scenes = Array.from({ length: size }, () => drawScene(sceneRng));
  const pixels = Float32Array.from(scenes.flatMap(({ patches }) => [...patches]));
  return {
    patches: tf.tensor3d(pixels, [size, grid.patchCount, patchPixels]),
    masked: sampleMasks(strategy, scenes, progress, maskRng),
  };
}

/** [B, N, 1] with 1 where a patch is masked. */
function sampleMasks(strategy: MaskingStrategy, scenes: readonly Scene[], progress: number, rng: Rng): tf.Tensor3D {
  const batch = maskBatch(scenes.map(({ parts }) => strategy.sample({ grid, progress, parts }, rng)));
  const isMasked = batch.restore.map((place) => (place < batch.visibleCount ? 0 : 1)); // [B * N]
  return tf.tensor3d(Float32Array.from(isMasked), [batch.batchSize, batch.patchCount, 1]);
}
