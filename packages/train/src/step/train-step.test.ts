import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { regressionBatch, smallRun } from '../__fixtures__/small-run';
import type { Compile, TensorGroup } from './compile';
import { trainStep } from './train-step';

describe('trainStep', () => {
  it('hands the compiler one function of the batch and the step scalars, all of it tensors', () => {
    const run = smallRun();
    const calls: TensorGroup[][] = [];
    let compiled = 0;
    const compile: Compile = (step) => {
      compiled += 1;
      const watched = (...inputs: TensorGroup[]) => {
        calls.push(inputs);
        return step(...inputs);
      };
      return watched as typeof step;
    };
    const step = trainStep({ ...run, compile });
    for (const index of [1, 2, 3]) {
      const batch = regressionBatch(0, index);
      tf.dispose([step(batch, { learningRate: 0.1, step: index }), ...Object.values(batch)]);
    }
    expect(compiled).toBe(1);
    expect(calls.map((inputs) => inputs.map((group) => Object.keys(group)))).toEqual(
      Array(3).fill([
        ['inputs', 'targets'],
        ['stepSize', 'stabilizer', 'shrinkage'],
      ]),
    );
    run.dispose();
  });

  it("reports the loss before the update, the gradients' norm before clipping, and the objective's own metrics", () => {
    const run = smallRun();
    const batch = regressionBatch(0, 0);
    const expected = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => run.objective.loss(batch).loss, run.objective.variables());
      const squares = Object.values(grads).reduce(
        (sum, gradient) => sum + tf.sum(tf.square(gradient)).dataSync()[0]!,
        0,
      );
      return {
        loss: value.dataSync()[0]!,
        gradientNorm: Math.sqrt(squares),
        worst: run.objective.loss(batch).metrics!.worst!.dataSync()[0]!,
      };
    });
    const before = tf.memory().numTensors;
    const metrics = trainStep({ ...run, clipNorm: 0.01 })(batch, { learningRate: 0.1, step: 1 });
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(metrics.loss.dataSync()[0]).toBe(expected.loss);
    expect(metrics.worst!.dataSync()[0]).toBe(expected.worst);
    expect(metrics.gradientNorm.dataSync()[0]).toBeCloseTo(expected.gradientNorm, 5); // float32, summed in another order
    tf.dispose([metrics, ...Object.values(batch)]);
    expect(tf.memory().numTensors).toBe(before - 2);
    run.dispose();
  });

  it('clips: a gradient ten times the limit moves the moments as a tenth of it', () => {
    const [free, clipped] = [smallRun(), smallRun()];
    const batch = regressionBatch(0, 0);
    const norm = tf.tidy(() => trainStep({ ...free })(batch, { learningRate: 0, step: 1 }).gradientNorm.dataSync()[0]!);
    tf.tidy(() => trainStep({ ...clipped, clipNorm: norm / 10 })(batch, { learningRate: 0, step: 1 }));
    const [whole, tenth] = [free, clipped].map((run) => run.optimizer.variables()[0]!.dataSync());
    // The limit is met up to the 1e-6 that keeps the division safe.
    whole!.forEach((value, item) => {
      expect(Math.abs(tenth![item]! - value / 10)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    });
    tf.dispose(Object.values(batch));
    free.dispose();
    clipped.dispose();
  });

  it('refuses a loss that is no scalar and a clipping limit of zero', () => {
    const run = smallRun();
    const objective = { ...run.objective, loss: () => ({ loss: tf.zeros([2]) as tf.Tensor as tf.Scalar }) };
    const batch = regressionBatch(0, 0);
    expect(() => trainStep({ ...run, objective })(batch, { learningRate: 0.1, step: 1 })).toThrow(
      'objective regression: the loss must be a scalar, got [2]; take the mean',
    );
    expect(() => trainStep({ ...run, clipNorm: 0 })).toThrow('trainStep: clipNorm must be between');
    tf.dispose(Object.values(batch));
    run.dispose();
  });
});
