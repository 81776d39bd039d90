// The user's own training loop. All that knows of @semmae/masking is `drawMask`.

import { type BatchMaskingStrategy, createRng, type MaskingStrategy, type Rng, sampleBatch } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';

import { createMixer, fillInLoss } from './mixer';
import { patchify } from './patchify';
import { drawScene, grid, imageSide, patchSize, type Scene } from './scenes';

const batchSize = 8;
const evaluationSize = 16;
const mixerSize = { patches: grid.patchCount, pixels: patchSize * patchSize, channels: 16, hidden: 32 };

type Strategy = MaskingStrategy | BatchMaskingStrategy;

export interface TrainingReport {
  name: string;
  /** Share of the patches that the strategy hides of the held-out scenes. */
  hidden: number;
  /** Loss on held-out scenes under the strategy's own masks, before and after training. */
  before: number;
  after: number;
  /** Loss after training under the same masks for every strategy, the only column to compare between rows. */
  afterOnReference: number;
}

/** Trains one model from the same weights and scenes with the given strategy. */
export function trainWith(strategy: Strategy, reference: Strategy, steps: number, seed: number): TrainingReport {
  const mixer = createMixer(mixerSize, seed);
  const optimizer = tf.train.adam(3e-3);
  const scenes = createRng(seed).split('scenes');
  const masks = createRng(seed).split('masks');
  const evaluate = (maskedBy: Strategy) =>
    evaluateOn(drawScenes(evaluationSize, createRng(seed).split('held out')), maskedBy);

  const before = evaluate(strategy);
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const batch = drawScenes(batchSize, scenes);
      const pixels = toPatches(batch);
      const mask = drawMask(strategy, batch, step / steps, masks);
      optimizer.minimize(() => fillInLoss(mixer, pixels, mask), false, mixer.weights);
    });
  }
  const after = evaluate(strategy);
  const afterOnReference = evaluate(reference).loss;
  optimizer.dispose();
  mixer.dispose();
  return { name: strategy.name, hidden: after.hidden, before: before.loss, after: after.loss, afterOnReference };

  function evaluateOn(batch: readonly Scene[], maskedBy: Strategy) {
    return tf.tidy(() => {
      const mask = drawMask(maskedBy, batch, 1, createRng(seed).split('held-out masks'));
      const loss = fillInLoss(mixer, toPatches(batch), mask);
      return { loss: loss.dataSync()[0]!, hidden: tf.mean(mask).dataSync()[0]! };
    });
  }
}

/** [B, 1, N] float, 1 where a patch is hidden: the form in which this model takes its masks. */
export function drawMask(strategy: Strategy, scenes: readonly Scene[], progress: number, rng: Rng): tf.Tensor3D {
  const contexts = scenes.map(({ parts, attention }) => ({ grid, progress, parts, attention }));
  const { hidden } = sampleBatch(strategy, contexts, rng, { padding: true });
  return tf.tensor3d(Float32Array.from(hidden), [scenes.length, 1, grid.patchCount]);
}

function drawScenes(count: number, rng: Rng): Scene[] {
  return Array.from({ length: count }, () => drawScene(rng));
}

/** [B, P, N] */
function toPatches(scenes: readonly Scene[]): tf.Tensor3D {
  const images = new Float32Array(scenes.length * imageSide * imageSide);
  scenes.forEach(({ pixels }, image) => {
    images.set(pixels, image * pixels.length);
  });
  return patchify(tf.tensor4d(images, [scenes.length, 1, imageSide, imageSide]), patchSize);
}
