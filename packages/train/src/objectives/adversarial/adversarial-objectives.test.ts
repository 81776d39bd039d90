import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sgd } from '../../optimizers/sgd';
import { constantLearningRate } from '../../schedules/schedule';
import { lossAndGradients } from '../../step/loss-and-gradients';
import { trainStep } from '../../step/train-step';
import { batchSize, fixed, type LinearPlayers, linearPlayers, maskCount } from './__fixtures__/linear-players';
import type { AdversarialBatch } from './adversarial-batch';
import { adversarialEncoderObjective } from './adversarial-encoder-objective';
import { adversarialMaskObjective } from './adversarial-mask-objective';
import { adversarialStep } from './adversarial-step';
import { maskedCopies } from './masked-copies';
import { simclr } from './simclr';
import { simsiam } from './simsiam';

let players: LinearPlayers;
beforeEach(() => {
  const before = tf.memory().numTensors;
  players = linearPlayers();
  return () => {
    players.dispose();
    expect(tf.memory().numTensors).toBe(before);
  };
});

const game = () => ({ model: simclr({ embedder: players.embedder }), masks: players.masks });
const values = (variables: readonly tf.Variable[]) => variables.map((variable) => Array.from(variable.dataSync()));

/** Image b with mask `indices[b]` and no other. */
function oneHot(indices: number[]): tf.Tensor2D {
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(indices, 'int32'), maskCount), 'float32') as tf.Tensor2D);
}

/** Σₙ Lₙ of a batch as the mask objective reports it. */
function siameseLossOf(batch: AdversarialBatch): number {
  return tf.tidy(() => adversarialMaskObjective(game()).loss(batch).metrics!.siameseLoss!.dataSync()[0]!);
}

describe('the two objectives', () => {
  it('pull in opposite directions: a step of the masks raises the loss, one of the encoder lowers it', () => {
    const batch = players.views(4);
    const before = siameseLossOf(batch);
    const maskObjective = adversarialMaskObjective({ ...game(), penaltyWeight: 0 });
    const sides = [maskObjective, adversarialEncoderObjective(game())].map((objective) => {
      const optimizer = sgd({ variables: objective.variables() });
      const step = trainStep({ objective, optimizer });
      tf.dispose(step(batch, { learningRate: 0.01, step: 1 }));
      const after = siameseLossOf(batch);
      optimizer.dispose();
      return after;
    });
    expect(sides[0]).toBeGreaterThan(before + 1e-4);
    expect(sides[1]).toBeLessThan(sides[0]! - 1e-4);
    tf.dispose(batch);
  });

  it('move their own variables alone, and pass no gradient to the other side', () => {
    const batch = players.views(4);
    const [kernel, colors, places] = [players.kernel, players.colors, players.places];
    const encoderObjective = adversarialEncoderObjective(game());
    const maskObjective = adversarialMaskObjective(game());
    expect(encoderObjective.variables()).toEqual([kernel]);
    expect(maskObjective.variables()).toEqual([colors, places]);
    tf.tidy(() => {
      // Even when asked for, the masks' gradient in the encoder's loss is nothing.
      const { gradients } = lossAndGradients(encoderObjective, batch, [kernel, colors, places]);
      expect(tf.max(tf.abs(gradients[colors.name]!)).dataSync()[0]).toBe(0);
      expect(tf.max(tf.abs(gradients[places.name]!)).dataSync()[0]).toBe(0);
      expect(tf.max(tf.abs(gradients[kernel.name]!)).dataSync()[0]).toBeGreaterThan(0);
    });
    for (const [objective, still] of [
      [encoderObjective, [colors, places]],
      [maskObjective, [kernel]],
    ] as const) {
      const [moved, standing] = [values(objective.variables()), values(still)];
      const optimizer = sgd({ variables: objective.variables() });
      tf.dispose(trainStep({ objective, optimizer })(batch, { learningRate: 0.1, step: 1 }));
      expect(values(still)).toEqual(standing);
      expect(values(objective.variables())).not.toEqual(moved);
      optimizer.dispose();
    }
    tf.dispose(batch);
  });

  it('weigh the penalty by α and the entropy of sizes by its sign', () => {
    const batch = players.views(4);
    const lossOf = (options: { penaltyWeight?: number; entropyWeight?: number }) =>
      tf.tidy(
        () =>
          adversarialMaskObjective({ ...game(), ...options })
            .loss(batch)
            .loss.dataSync()[0]!,
      );
    tf.tidy(() => {
      const { loss, metrics } = adversarialMaskObjective(game()).loss(batch);
      const shares = tf.mean(players.masks.masks(batch.second), [1, 2]).arraySync() as number[][]; // [B, N]
      const [contrast, penalty] = [metrics!.siameseLoss!.dataSync()[0]!, metrics!.penalty!.dataSync()[0]!];
      expect(loss.dataSync()[0]).toBeCloseTo(penalty - contrast, 4);
      expect(lossOf({ penaltyWeight: 0.3 })).toBeCloseTo(0.3 * penalty - contrast, 4);
      const entropies = shares.map((row) => {
        const total = row.reduce((sum, share) => sum + Math.exp(share), 0);
        return row.reduce((sum, share) => sum - (Math.exp(share) / total) * Math.log(Math.exp(share) / total), 0);
      });
      const entropy = entropies.reduce((sum, one) => sum + one, 0); // positive; the reward is for its negative
      expect(lossOf({ penaltyWeight: 0, entropyWeight: 0.5 })).toBeCloseTo(0.5 * entropy - contrast, 4);
      const means = [0, 1, 2, 3].map((mask) => shares.reduce((sum, row) => sum + row[mask]! / batchSize, 0));
      expect(metrics!.smallestMask!.dataSync()[0]).toBeCloseTo(Math.min(...means), 6);
      expect(metrics!.largestMask!.dataSync()[0]).toBeCloseTo(Math.max(...means), 6);
      const sharpness = metrics!.maskSharpness!.dataSync()[0]!;
      expect(sharpness).toBeGreaterThan(1 / maskCount);
      expect(sharpness).toBeLessThan(1);
    });
    tf.dispose(batch);
  });

  it('take one mask for each image where some are chosen, and penalize all the same', () => {
    const batch = players.views(4);
    tf.tidy(() => {
      const objective = adversarialMaskObjective(game());
      const every = objective.loss(batch).metrics!;
      const losses = [0, 1, 2, 3].map(
        (mask) => objective.loss({ ...batch, chosen: oneHot(new Array<number>(batchSize).fill(mask)) }).metrics!,
      );
      const sum = losses.reduce((total, metrics) => total + metrics.siameseLoss!.dataSync()[0]!, 0);
      expect(every.siameseLoss!.dataSync()[0]).toBeCloseTo(sum, 4);
      for (const { penalty } of losses) expect(penalty!.dataSync()).toEqual(every.penalty!.dataSync());
      const mixed = oneHot([3, 0, 2, 2, 1]);
      const masks = players.masks.masks(batch.second);
      const copies = tf.unstack(maskedCopies(batch.second, masks)); // image b under mask n at n·B + b
      const picked = tf.stack([3, 0, 2, 2, 1].map((mask, image) => copies[mask * batchSize + image]!));
      expect(maskedCopies(batch.second, masks, mixed).dataSync()).toEqual(picked.dataSync());
    });
    expect(() => tf.tidy(() => adversarialMaskObjective(game()).loss({ ...batch, chosen: tf.zeros([5, 3]) }))).toThrow(
      'adversarial masking: chosen must have shape [5, 4], got [5, 3]',
    );
    tf.dispose(batch);
  });

  it('hide pixels by 1 - mask', () => {
    tf.tidy(() => {
      const { second } = players.views(4);
      const masks = players.masks.masks(second);
      const [pixels, weights] = [second.arraySync(), masks.arraySync()];
      const copies = maskedCopies(second, masks).arraySync();
      expect(copies.length).toBe(maskCount * batchSize);
      copies.forEach((copy, index) => {
        const [mask, image] = [Math.floor(index / batchSize), index % batchSize];
        copy.flat().forEach((pixel, position) => {
          const expected = pixels[image]!.flat()[position]!.map(
            (value) => value * (1 - weights[image]!.flat()[position]![mask]!),
          );
          pixel.forEach((value, channel) => {
            expect(value).toBeCloseTo(expected[channel]!, 6);
          });
        });
      });
    });
  });

  it('mask both views where the model asks for it, each with its own maps', () => {
    const model = simsiam({ embedder: players.embedder, width: 7, seed: 2 });
    const batch = players.views(4);
    tf.tidy(() => {
      const { metrics } = adversarialMaskObjective({ model, masks: players.masks }).loss(batch);
      const [ofFirst, ofSecond] = [batch.first, batch.second].map((images) =>
        tf.split(players.embedder.embed(maskedCopies(images, players.masks.masks(images))), maskCount, 0),
      );
      const losses = ofFirst!.map(
        (first, mask) => model.loss(first as tf.Tensor2D, ofSecond![mask] as tf.Tensor2D).dataSync()[0]!,
      );
      expect(metrics!.siameseLoss!.dataSync()[0]).toBeCloseTo(
        losses.reduce((sum, loss) => sum + loss),
        5,
      );
    });
    model.dispose();
    tf.dispose(batch);
  });

  it('refuse embedders that lose images', () => {
    const model = simclr({ embedder: { variables: () => [], embed: () => tf.zeros([batchSize, 7]) } });
    tf.tidy(() => {
      expect(() => adversarialEncoderObjective({ model, masks: players.masks }).loss(players.views(4))).toThrow(
        'simclr: embed(images) must have shape [20, any], got [5, 7]; return one row for each image',
      );
    });
  });

  it('refuse views of different sizes', () => {
    tf.tidy(() => {
      const { first } = players.views(4);
      const second = fixed(5, [batchSize, 3, 3, 3]) as tf.Tensor4D;
      expect(() => adversarialEncoderObjective(game()).loss({ first, second })).toThrow(
        'adversarial masking: second must have shape [5, 2, 3, 3], got [5, 3, 3, 3]; two views of the same images',
      );
    });
  });
});

describe('adversarialStep', () => {
  it('frees all but its metrics, and knows no micro-batches', () => {
    const batch = players.views(4);
    const [objective, maskObjective] = [adversarialEncoderObjective(game()), adversarialMaskObjective(game())];
    const [optimizer, maskOptimizer] = [objective, maskObjective].map((one) => sgd({ variables: one.variables() }));
    const before = tf.memory().numTensors;
    const step = adversarialStep({
      encoder: { objective, optimizer: optimizer! },
      masks: { objective: maskObjective, optimizer: maskOptimizer!, schedule: constantLearningRate(0.1) },
    });
    const metrics = step(batch, { learningRate: 0.05, step: 1 });
    const names = ['loss', 'gradientNorm', 'maskLoss', 'maskGradientNorm', 'siameseLoss', 'penalty'];
    expect(Object.keys(metrics).sort()).toEqual([...names, 'smallestMask', 'largestMask', 'maskSharpness'].sort());
    expect(tf.memory().numTensors).toBe(before + 9);
    expect(() => step.accumulate(batch)).toThrow('accumulate needs accumulationSteps');
    tf.dispose([metrics, batch]);
    step.dispose();
    for (const one of [optimizer!, maskOptimizer!]) one.dispose();
  });
});
