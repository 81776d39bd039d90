import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { regressionBatch, smallRun } from '../__fixtures__/small-run';
import { cosineBetween } from '../schedules/cosine-between';
import { lineBetween } from '../schedules/line-between';
import { clipEachGradient } from './clip-each-gradient';
import { freezeAtFirst } from './freeze-at-first';
import type { GradientTransform } from './gradient-transform';
import { trainStep } from './train-step';

describe('clipEachGradient', () => {
  it('shortens each long gradient by itself and leaves short ones as they are', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const gradients = { long: tf.tensor2d([[3, 4, 12]]), short: tf.tensor1d([0.5, -1.5]), none: tf.zeros([3]) };
      const clipped = clipEachGradient(3).apply(gradients, {});
      // A factor of 3 / (13 + 1e-6), as PyTorch has it.
      Array.from(clipped.long!.dataSync()).forEach((value, index) => {
        expect(value).toBeCloseTo(([3, 4, 12][index]! * 3) / 13, 6);
      });
      expect(Array.from(clipped.short!.dataSync())).toEqual([0.5, -1.5]);
      expect(Array.from(clipped.none!.dataSync())).toEqual([0, 0, 0]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([0, -1, Number.NaN])('refuses a length of %d', (longest) => {
    expect(() => clipEachGradient(longest)).toThrow('clipEachGradient: longest must be between');
  });
});

describe('freezeAtFirst', () => {
  it('zeroes the gradients of its variables up to and with the last frozen update', () => {
    const frozen = tf.variable(tf.tensor1d([1]), true, 'frozen.kernel');
    const { scalars, apply } = freezeAtFirst({ variables: [frozen], steps: 2 });
    expect([1, 2, 3].map((step) => scalars!({ learningRate: 1, step }))).toEqual([
      { thawed: 0 },
      { thawed: 0 },
      { thawed: 1 },
    ]);
    tf.tidy(() => {
      const gradients = { [frozen.name]: tf.tensor1d([7]), other: tf.tensor1d([5]) };
      const changed = apply(gradients, { thawed: tf.scalar(0) });
      expect(changed[frozen.name]!.dataSync()[0]).toBe(0);
      expect(changed.other).toBe(gradients.other); // nothing is computed for the rest
    });
    expect(() => freezeAtFirst({ variables: [], steps: -1 })).toThrow('steps must be an integer of at least 0, got -1');
    frozen.dispose();
  });
});

describe('gradientTransforms of trainStep', () => {
  const halved: GradientTransform = {
    scalars: ({ step }) => ({ factor: 0.5 ** step }),
    apply: (gradients, { factor }) =>
      Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor!)])),
  };

  it.each([1, 2])(
    'run in order with scalars of their own, before the optimizer: %d micro-batches',
    (accumulationSteps) => {
      const norms = [[], [clipEachGradient(1e9), halved, halved]].map((gradientTransforms) => {
        const run = smallRun();
        const step = trainStep({ ...run, accumulationSteps, gradientTransforms });
        const batch = regressionBatch(0, 0);
        for (let index = 1; index < accumulationSteps; index++) step.accumulate(batch);
        const metrics = step(batch, { learningRate: 0, step: 3 });
        const norm = metrics.gradientNorm.dataSync()[0]!;
        tf.dispose([metrics, ...Object.values(batch)]);
        step.dispose();
        run.dispose();
        return norm;
      });
      expect(norms[1]! * 64).toBeCloseTo(norms[0]!, 4); // 0.5³ twice
    },
  );
});

describe('cosineBetween and lineBetween', () => {
  it('go from start to end and stay there', () => {
    const cosine = cosineBetween({ start: 0.996, end: 1, totalSteps: 100 });
    expect([0, 25, 50, 100, 130].map(cosine)).toEqual([
      expect.closeTo(0.996, 12),
      expect.closeTo(1 - (0.004 * (1 + Math.SQRT1_2)) / 2, 12),
      expect.closeTo(0.998, 12),
      1,
      1,
    ]);
    const line = lineBetween({ start: 0.04, end: 0.07, steps: 30 });
    expect([0, 10, 30, 99].map(line)).toEqual([0.04, expect.closeTo(0.05, 12), 0.07, 0.07]);
    expect(lineBetween({ start: 0.04, end: 0.07, steps: 0 })(0)).toBe(0.07);
  });
});
