import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sgd } from '../../optimizers/sgd';
import { constantLearningRate } from '../../schedules/schedule';
import { lossAndGradients } from '../../step/loss-and-gradients';
import { batchSize, embeddingWidth, fixed, type LinearPlayers, linearPlayers } from './__fixtures__/linear-players';
import reference from './__fixtures__/torch-reference.json' with { type: 'json' };
import { adversarialEncoderObjective } from './adversarial-encoder-objective';
import { adversarialMaskObjective } from './adversarial-mask-objective';
import { adversarialStep } from './adversarial-step';
import { type BYOL, byol } from './byol';
import type { SiameseModel } from './siamese-model';
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
    const { embedder, masks, views, kernel, colors, places, dispose } = linearPlayers();
    const players = { model: simclr({ embedder }), masks };
    const expected = reference.oneRound;
    tf.tidy(() => {
      const batch = views(4);
      const ofEncoder = lossAndGradients(adversarialEncoderObjective(players), batch, [kernel]);
      const ofMasks = lossAndGradients(adversarialMaskObjective({ ...players, penaltyWeight }), batch, [
        colors,
        places,
      ]);
      expectClose(ofEncoder.loss.dataSync(), [expected.encoderLoss]);
      expectClose(ofMasks.loss.dataSync(), [expected.maskLoss]);
      expectClose(ofMasks.metrics.siameseLoss!.dataSync(), [expected.encoderLoss]);
      expectClose(ofMasks.metrics.penalty!.dataSync(), [expected.penalty]);
      const gradients = { ...ofEncoder.gradients, ...ofMasks.gradients };
      [kernel, colors, places].forEach(({ name }, index) => {
        expectClose(gradients[name]!.dataSync(), expected.gradients[index]!);
      });
    });
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('plays the same game: encoder first, then masks against the new encoder, SGD with momentum', () => {
    const before = tf.memory().numTensors;
    const players = linearPlayers();
    playGame(simclr({ embedder: players.embedder }), players, reference.game.losses);
    [players.kernel, players.colors, players.places].forEach((variable, index) => {
      expectClose(variable.dataSync(), reference.game.weights[index]!);
    });
    players.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Rounds of the game, with the losses of either player. */
function playGame(model: SiameseModel, { masks, views }: LinearPlayers, expected: number[][]): void {
  const objective = adversarialEncoderObjective({ model, masks });
  const maskObjective = adversarialMaskObjective({ model, masks, penaltyWeight });
  const [optimizer, maskOptimizer] = [objective, maskObjective].map((one) => sgd({ variables: one.variables() }));
  const step = adversarialStep({
    encoder: { objective, optimizer: optimizer!, movingAverage: model.target?.average },
    masks: { objective: maskObjective, optimizer: maskOptimizer!, schedule: constantLearningRate(0.1) },
  });
  expected.forEach((losses, round) => {
    const batch = views(10 + 2 * round);
    const metrics = step(batch, { learningRate: 0.05, step: round + 1 });
    expectClose([metrics.loss.dataSync()[0]!, metrics.maskLoss!.dataSync()[0]!], losses);
    tf.dispose([metrics, batch]);
  });
  step.dispose();
  for (const one of [optimizer!, maskOptimizer!]) one.dispose();
}

describe('BYOL in PyTorch', () => {
  let before: number;
  let players: LinearPlayers;
  let follower: LinearPlayers;
  let model: BYOL;
  beforeEach(() => {
    before = tf.memory().numTensors;
    [players, follower] = [linearPlayers(), linearPlayers()];
    model = byol({
      embedder: players.embedder,
      target: follower.embedder,
      width: embeddingWidth,
      hiddenWidth: 11,
      totalSteps: reference.byol.game.losses.length,
      momentum: [0.6, 0.9],
    });
    model
      .variables()
      .slice(1)
      .forEach((variable, place) => {
        tf.tidy(() => variable.assign(fixed(30 + place, variable.shape, 0.3)));
      });
    return () => {
      for (const one of [model, players, follower]) one.dispose();
      expect(tf.memory().numTensors).toBe(before);
    };
  });

  it('has the same loss', () => {
    tf.tidy(() => {
      const [a, b, first, second] = [6, 7, 8, 9].map((seed) => fixed(seed, [batchSize, embeddingWidth]) as tf.Tensor2D);
      expectClose(model.loss(a!, b!, { first: first!, second: second! }).dataSync(), [reference.byol.loss]);
    });
  });

  it('has the same losses and gradients of both players', () => {
    const { masks, views, colors, places } = players;
    const expected = reference.byol.oneRound;
    tf.tidy(() => {
      follower.kernel.assign(fixed(8, follower.kernel.shape, 0.4)); // a target that is not the embedder
      const batch = views(4);
      const ofEncoder = lossAndGradients(adversarialEncoderObjective({ model, masks }), batch, model.variables());
      const maskObjective = adversarialMaskObjective({ model, masks, penaltyWeight });
      const ofMasks = lossAndGradients(maskObjective, batch, [colors, places]);
      expectClose(ofEncoder.loss.dataSync(), [expected.encoderLoss]);
      expectClose(ofMasks.loss.dataSync(), [expected.maskLoss]);
      const gradients = { ...ofEncoder.gradients, ...ofMasks.gradients };
      [...model.variables(), colors, places].forEach(({ name }, index) => {
        expectClose(gradients[name]!.dataSync(), expected.gradients[index]!);
      });
    });
  });

  it('plays the same game: encoder, then its target, then masks against both', () => {
    playGame(model, players, reference.byol.game.losses);
    const trained = [...model.variables(), players.colors, players.places, follower.kernel];
    trained.forEach((variable, index) => {
      expectClose(variable.dataSync(), reference.byol.game.weights[index]!);
    });
  });
});
