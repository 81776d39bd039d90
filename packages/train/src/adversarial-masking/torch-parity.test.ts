import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { lossAndGradients } from '../loss-and-gradients';
import { constantLearningRate } from '../schedule';
import { sgd } from '../sgd';
import { batchSize, embeddingWidth, fixed, linearPlayers } from './__fixtures__/linear-players';
import reference from './__fixtures__/torch-reference.json' with { type: 'json' };
import { adversarialEncoderObjective } from './adversarial-encoder-objective';
import { adversarialMaskObjective } from './adversarial-mask-objective';
import { adversarialStep } from './adversarial-step';
import { normalizedCrossEntropy, simclr } from './simclr';

const penaltyWeight = 0.7;

/** float32 of values around 1, through logits divided by 0.2 and penalties of about 10: up to a few 1e-6. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 5e-6): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(actual[index]! - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe('adversarial masking in PyTorch', () => {
  it('has the same NT-Xent', () => {
    tf.tidy(() => {
      const [first, second] = [6, 7].map((seed) => fixed(seed, [batchSize, embeddingWidth]) as tf.Tensor2D);
      expectClose(normalizedCrossEntropy(first!, second!, 0.2).dataSync(), [reference.contrast]);
    });
  });

  it('has the same losses, penalty and gradients of both players', () => {
    const before = tf.memory().numTensors;
    const { embedder, masks, views, kernel, colours, places, dispose } = linearPlayers();
    const players = { model: simclr({ embedder }), masks };
    const expected = reference.oneRound;
    tf.tidy(() => {
      const batch = views(4);
      const ofEncoder = lossAndGradients(adversarialEncoderObjective(players), batch, [kernel]);
      const ofMasks = lossAndGradients(adversarialMaskObjective({ ...players, penaltyWeight }), batch, [
        colours,
        places,
      ]);
      expectClose(ofEncoder.loss.dataSync(), [expected.encoderLoss]);
      expectClose(ofMasks.loss.dataSync(), [expected.maskLoss]);
      expectClose(ofMasks.metrics.siameseLoss!.dataSync(), [expected.encoderLoss]);
      expectClose(ofMasks.metrics.penalty!.dataSync(), [expected.penalty]);
      const gradients = { ...ofEncoder.gradients, ...ofMasks.gradients };
      [kernel, colours, places].forEach(({ name }, index) => {
        expectClose(gradients[name]!.dataSync(), expected.gradients[index]!);
      });
    });
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('plays the same game: encoder first, then masks against the new encoder, SGD with momentum', () => {
    const before = tf.memory().numTensors;
    const { embedder, masks, views, kernel, colours, places, dispose } = linearPlayers();
    const players = { model: simclr({ embedder }), masks };
    const [objective, maskObjective] = [
      adversarialEncoderObjective(players),
      adversarialMaskObjective({ ...players, penaltyWeight }),
    ];
    const [optimizer, maskOptimizer] = [objective, maskObjective].map((one) => sgd({ variables: one.variables() }));
    const step = adversarialStep({
      encoder: { objective, optimizer: optimizer! },
      masks: { objective: maskObjective, optimizer: maskOptimizer!, schedule: constantLearningRate(0.1) },
    });
    reference.game.losses.forEach((losses, round) => {
      const batch = views(10 + 2 * round);
      const metrics = step(batch, { learningRate: 0.05, step: round + 1 });
      expectClose([metrics.loss.dataSync()[0]!, metrics.maskLoss!.dataSync()[0]!], losses);
      tf.dispose([metrics, batch]);
    });
    [kernel, colours, places].forEach((variable, index) => {
      expectClose(variable.dataSync(), reference.game.weights[index]!);
    });
    step.dispose();
    for (const one of [optimizer!, maskOptimizer!]) one.dispose();
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
