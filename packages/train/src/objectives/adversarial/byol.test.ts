import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sgd } from '../../optimizers/sgd';
import { constantLearningRate } from '../../schedules/schedule';
import { lossAndGradients } from '../../step/loss-and-gradients';
import { embeddingWidth, fixed, type LinearPlayers, linearPlayers, maskCount } from './__fixtures__/linear-players';
import { adversarialEncoderObjective } from './adversarial-encoder-objective';
import { adversarialMaskObjective } from './adversarial-mask-objective';
import { adversarialStep } from './adversarial-step';
import { type BYOL, type BYOLOptions, byol } from './byol';
import { maskedCopies } from './masked-copies';

const hiddenWidth = 11;
const totalSteps = 8;

let online: LinearPlayers;
let follower: LinearPlayers;
let models: BYOL[];
beforeEach(() => {
  const before = tf.memory().numTensors;
  [online, follower, models] = [linearPlayers(), linearPlayers(), []];
  return () => {
    for (const one of [...models, online, follower]) one.dispose();
    expect(tf.memory().numTensors).toBe(before);
  };
});

function model(options: Partial<BYOLOptions> = {}): BYOL {
  const { embedder } = online;
  const made = byol({
    embedder,
    target: follower.embedder,
    width: embeddingWidth,
    hiddenWidth,
    totalSteps,
    seed: 4,
    ...options,
  });
  models.push(made);
  return made;
}

const rows = (seed: number, count = 5) => fixed(seed, [count, embeddingWidth]) as tf.Tensor2D;
const valuesOf = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const largest = (tensor: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(tensor)).dataSync()[0]!);

/** Moves the target away from the embedder, so that no test confuses them. */
function moveTarget(): void {
  tf.tidy(() => follower.kernel.assign(fixed(8, follower.kernel.shape, 0.4)));
}

/** The predictor by its definition, of plain numbers. */
function slowPredictor(made: BYOL): (row: number[]) => number[] {
  const [kernel, bias, lastKernel, lastBias] = made
    .variables()
    .slice(-4)
    .map((one) => one.arraySync()) as [number[][], number[], number[][], number[]];
  const layer = (row: number[], weights: number[][], offset: number[]) =>
    offset.map((start, unit) => row.reduce((sum, value, index) => sum + value * weights[index]![unit]!, start));
  return (row) =>
    layer(
      layer(row, kernel, bias).map((value) => Math.max(0, value)),
      lastKernel,
      lastBias,
    );
}

/** ‖a/|a| - b/|b|‖², not by the cosine. */
function distance(a: number[], b: number[]): number {
  const [one, other] = [a, b].map((row) => row.map((value) => value / Math.hypot(...row)));
  return one!.reduce((sum, value, index) => sum + (value - other![index]!) ** 2, 0);
}

describe('byol', () => {
  it('is the mean of two squared distances of normalized vectors, predictions from targets', () => {
    const made = model();
    tf.tidy(() => {
      for (const [place, variable] of made.variables().slice(-4).entries()) {
        if (variable.rank === 1) variable.assign(fixed(20 + place, variable.shape, 0.2)); // biases begin at 0
      }
      const [first, second, ofTarget] = [rows(1), rows(2), { first: rows(3), second: rows(4) }];
      const predict = slowPredictor(made);
      const [one, other, targetOne, targetOther] = [first, second, ofTarget.first, ofTarget.second].map(
        (tensor) => tensor.arraySync() as number[][],
      );
      const expected = one!.reduce(
        (sum, row, index) =>
          sum +
          (distance(predict(row), targetOther![index]!) + distance(predict(other![index]!), targetOne![index]!)) / 5,
        0,
      );
      expect(made.loss(first, second, ofTarget).dataSync()[0]).toBeCloseTo(expected, 5);
    });
  });

  it('is 0 where predictions are targets, of whatever length, 8 where they are their opposite, 4 at right angles', () => {
    const made = model({ width: 2, hiddenWidth: 2 });
    tf.tidy(() => {
      const [kernel, , lastKernel] = made.variables().slice(-4);
      for (const one of [kernel!, lastKernel!]) one.assign(tf.tensor2d([1, 0, 0, 1], [2, 2])); // the identity of positive rows
      const of = (first: number[], second: number[], targetFirst: number[], targetSecond: number[]) => {
        const [a, b, c, d] = [first, second, targetFirst, targetSecond].map((row) => tf.tensor2d([row]));
        return made.loss(a!, b!, { first: c!, second: d! }).dataSync()[0];
      };
      expect(of([1, 2], [3, 1], [6, 2], [0.5, 1])).toBeCloseTo(0, 5);
      expect(of([1, 2], [3, 1], [-6, -2], [-0.5, -1])).toBeCloseTo(8, 5);
      expect(of([1, 2], [3, 1], [-1, 3], [2, -1])).toBeCloseTo(4, 5);
      expect(of([1, 2], [3, 1], [6, 2], [2, -1])).toBeCloseTo(2, 5); // the first view predicts the second
    });
  });

  it('sends gradients to embedder and predictor, none to the target', () => {
    const made = model();
    moveTarget();
    const batch = online.views(4);
    tf.tidy(() => {
      const objective = adversarialEncoderObjective({ model: made, masks: online.masks });
      const variables = made.variables();
      expect(variables).toEqual([online.kernel, ...variables.slice(1)]);
      expect(variables).not.toContain(follower.kernel);
      const asked = [...variables, follower.kernel, online.colors, online.places];
      const { gradients } = lossAndGradients(objective, batch, asked);
      for (const { name } of variables) expect([name, largest(gradients[name]!)]).not.toEqual([name, 0]);
      for (const still of [follower.kernel, online.colors, online.places]) {
        const gradient = gradients[still.name];
        expect(gradient === undefined ? 0 : largest(gradient)).toBe(0);
      }
    });
    tf.dispose(batch);
  });

  it('shows the target the same views, the first whole, the second under each mask', () => {
    const made = model();
    moveTarget();
    const batch = online.views(4);
    tf.tidy(() => {
      const { metrics } = adversarialMaskObjective({ model: made, masks: online.masks }).loss(batch);
      const copies = maskedCopies(batch.second, online.masks.masks(batch.second));
      const [ofSecond, targetOfSecond] = [online, follower].map(
        ({ embedder }) => tf.split(embedder.embed(copies), maskCount, 0) as tf.Tensor2D[],
      );
      const [ofFirst, targetOfFirst] = [online, follower].map(({ embedder }) => embedder.embed(batch.first));
      const losses = ofSecond!.map(
        (second, mask) =>
          made.loss(ofFirst!, second, { first: targetOfFirst!, second: targetOfSecond![mask]! }).dataSync()[0]!,
      );
      expect(metrics!.siameseLoss!.dataSync()[0]).toBeCloseTo(
        losses.reduce((sum, loss) => sum + loss),
        4,
      );
    });
    tf.dispose(batch);
  });

  it('gives masks the gradient of the online network alone', () => {
    const made = model();
    moveTarget();
    const batch = online.views(4);
    const { places, colors } = online;
    tf.tidy(() => {
      const objective = adversarialMaskObjective({ model: made, masks: online.masks, penaltyWeight: 0 });
      const { gradients } = lossAndGradients(objective, batch, [colors, places]);
      // The same loss with the target's embeddings as mere numbers, computed before.
      const numbers = {
        ...made.target,
        embed: (images: tf.Tensor4D) => tf.tensor2d(made.target.embed(images).arraySync()),
      };
      const constant = adversarialMaskObjective({
        model: { ...made, target: numbers },
        masks: online.masks,
        penaltyWeight: 0,
      });
      const expected = lossAndGradients(constant, batch, [colors, places]).gradients;
      for (const { name } of [colors, places]) {
        expect(largest(expected[name]!)).toBeGreaterThan(1e-3);
        expect(largest(tf.sub(gradients[name]!, expected[name]!))).toBeLessThan(1e-7);
      }
    });
    tf.dispose(batch);
  });

  it('sets the target to the embedder, then lets it follow along a cosine', () => {
    moveTarget();
    const made = model({ momentum: [0.6, 0.9] });
    expect(valuesOf(follower.kernel)).toEqual(valuesOf(online.kernel));
    const objective = adversarialEncoderObjective({ model: made, masks: online.masks });
    const maskObjective = adversarialMaskObjective({ model: made, masks: online.masks });
    const [optimizer, maskOptimizer] = [objective, maskObjective].map((one) => sgd({ variables: one.variables() }));
    const step = adversarialStep({
      encoder: { objective, optimizer: optimizer!, movingAverage: made.target.average },
      masks: { objective: maskObjective, optimizer: maskOptimizer!, schedule: constantLearningRate(0.1) },
    });
    for (let k = 0; k < 3; k++) {
      const before = valuesOf(follower.kernel);
      const batch = online.views(10 + k);
      tf.dispose([step(batch, { learningRate: 0.5, step: k + 1 }), batch]);
      const now = valuesOf(online.kernel);
      const kept = 0.9 - (0.9 - 0.6) * 0.5 * (1 + Math.cos((Math.PI * k) / totalSteps));
      expect(now).not.toEqual(before);
      for (const [index, value] of valuesOf(follower.kernel).entries()) {
        expect(Math.abs(value - (kept * before[index]! + (1 - kept) * now[index]!))).toBeLessThan(1e-6); // weights below 1 in float32
      }
    }
    step.dispose();
    for (const one of [optimizer!, maskOptimizer!]) one.dispose();
  });

  it('keeps 0.996 of the target at first and all of it at the end', () => {
    const { average } = model().target;
    const kept = [0, 4, 8, 9].map((completed) => 1 - average.scalars({ step: completed + 1 }).share!);
    for (const [place, expected] of [0.996, 0.998, 1, 1].entries()) expect(kept[place]).toBeCloseTo(expected, 12);
  });

  it('refuses what cannot be', () => {
    expect(() => model({ target: online.embedder })).toThrow(
      /^byol: embedder and target must have no variable in common, got linear.kernel_\d+; build the same network twice$/,
    );
    expect(() => model({ target: { ...follower.embedder, variables: () => [follower.colors] } })).toThrow(
      'must have shape [18, 7], got [3, 4]; keep the order',
    );
    expect(() => model({ momentum: [0.996, 1.2] })).toThrow('byol: momentum[1] must be between 0 and 1, got 1.2');
    expect(() => model({ width: 0 })).toThrow('byol: width must be');
    expect(() => model({ totalSteps: 0.5 })).toThrow('totalSteps must be');
    tf.tidy(() => {
      expect(() => model().loss(rows(1), rows(2))).toThrow(
        'byol: loss must get the embeddings of the target, got none; pass { first, second } of model.target.embed',
      );
      const lossy = { ...model(), target: { ...model().target, embed: () => tf.zeros<tf.Rank.R2>([5, 7]) } };
      expect(() => adversarialEncoderObjective({ model: lossy, masks: online.masks }).loss(online.views(4))).toThrow(
        'target of byol: embed(images) must have shape [20, any], got [5, 7]; return one row for each image',
      );
    });
  });
});
