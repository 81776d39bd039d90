import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type RegressionBatch, regressionBatch, smallRun } from '../__fixtures__/small-run';
import type { Compile, TensorGroup } from './compile';
import { type TrainStepOptions, trainStep } from './train-step';

const accumulationSteps = 3;

function microBatches(update: number): RegressionBatch[] {
  return Array.from({ length: accumulationSteps }, (_, index) => regressionBatch(update, index));
}

/** One batch of all the rows. */
function joined(batches: readonly RegressionBatch[]): RegressionBatch {
  return {
    inputs: tf.concat(batches.map(({ inputs }) => inputs)),
    targets: tf.concat(batches.map(({ targets }) => targets)),
  };
}

function disposeBatches(batches: readonly RegressionBatch[]): void {
  for (const { inputs, targets } of batches) tf.dispose([inputs, targets]);
}

function values(variables: readonly tf.Variable[]): number[] {
  return variables.flatMap((variable) => Array.from(variable.dataSync()));
}

describe('trainStep with accumulationSteps', () => {
  it.each<Partial<TrainStepOptions<RegressionBatch>>>([{}, { clipNorm: 0.05 }])(
    'takes the updates of one batch with all the rows: %o',
    (options) => {
      const [large, small] = [smallRun(), smallRun()];
      const whole = trainStep({ ...large, ...options });
      const micro = trainStep({ ...small, ...options, accumulationSteps });
      for (let update = 1; update <= 7; update++) {
        const batches = microBatches(update);
        const [ofWhole, ofMicro] = tf.tidy(() => {
          const first = whole(joined(batches), { learningRate: 0.02, step: update });
          for (const batch of batches.slice(0, -1)) micro.accumulate(batch);
          const second = micro(batches.at(-1)!, { learningRate: 0.02, step: update });
          return [first, second].map(({ loss, gradientNorm }) => [loss.dataSync()[0]!, gradientNorm.dataSync()[0]!]);
        });
        // Sums of 39 rows in another order, compounded over seven updates: some units of float32 in values around 1.
        expect(Math.abs(ofWhole![0]! - ofMicro![0]!)).toBeLessThan(5e-6);
        expect(Math.abs(ofWhole![1]! - ofMicro![1]!)).toBeLessThan(5e-6);
        if (options.clipNorm !== undefined) expect(ofMicro![1]).toBeGreaterThan(options.clipNorm); // it did clip
        disposeBatches(batches);
      }
      const [expected, actual] = [large, small].map(({ objective }) => values(objective.variables()));
      // Adam divides by the root of its second moment, so a small gradient's rounding weighs up to the learning rate.
      actual!.forEach((value, item) => {
        expect(Math.abs(value - expected![item]!)).toBeLessThan(2e-5);
      });
      micro.dispose();
      large.dispose();
      small.dispose();
    },
  );

  it('hands the optimizer the mean of the gradients, a new one each time', () => {
    const run = smallRun();
    const received: Record<string, number[]>[] = [];
    const optimizer = {
      ...run.optimizer,
      apply(gradients: Record<string, tf.Tensor>) {
        const numbers = Object.entries(gradients).map(([name, gradient]) => [name, Array.from(gradient.dataSync())]);
        received.push(Object.fromEntries(numbers));
        return { gradientNorm: tf.scalar(0) };
      },
    };
    const step = trainStep({ ...run, optimizer, accumulationSteps });
    for (const update of [1, 2]) {
      const batches = microBatches(update);
      const sums: Record<string, number[]> = {}; // in double precision
      tf.tidy(() => {
        for (const batch of batches) {
          const { grads } = tf.variableGrads(() => run.objective.loss(batch).loss, run.objective.variables());
          for (const [name, gradient] of Object.entries(grads)) {
            const data = gradient.dataSync();
            sums[name] = Array.from(data, (value, item) => value + (sums[name]?.[item] ?? 0));
          }
        }
        step.accumulate(batches[0]!);
        step.accumulate(batches[1]!);
        step(batches[2]!, { learningRate: 0.1, step: update });
      });
      const mean = received.at(-1)!;
      expect(Object.keys(mean).sort()).toEqual(Object.keys(sums).sort());
      for (const [name, sum] of Object.entries(sums)) {
        sum.forEach((total, item) => {
          // Two float32 additions and a division of values up to a few.
          expect(Math.abs(mean[name]![item]! - total / accumulationSteps)).toBeLessThan(1e-6);
        });
      }
      disposeBatches(batches);
    }
    step.dispose();
    run.dispose();
  });

  it("reports means of the micro-batches' losses and metrics, and frees all but those", () => {
    const run = smallRun();
    const batches = microBatches(0);
    const expected = tf.tidy(() =>
      batches
        .map((batch) => run.objective.loss(batch))
        .map(({ loss, metrics }) => [loss.dataSync()[0]!, metrics!.worst!.dataSync()[0]!]),
    );
    const before = tf.memory().numTensors;
    const step = trainStep({ ...run, accumulationSteps });
    step.accumulate(batches[0]!);
    step.accumulate(batches[1]!);
    const metrics = step(batches[2]!, { learningRate: 0.1, step: 1 });
    expect(tf.memory().numTensors).toBe(before + 3 + 1); // three metrics, one vector of gradient sums
    [metrics.loss, metrics.worst!].forEach((metric, which) => {
      const mean = expected.reduce((sum, values) => sum + values[which]!, 0) / accumulationSteps;
      expect(metric.dataSync()[0]).toBeCloseTo(mean, 5); // a float32 mean of three values around 1
    });
    tf.dispose(metrics);
    step.accumulate(batches[0]!);
    step.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeBatches(batches);
    run.dispose();
  });

  it('compiles two functions of tensors alone, one of them with the backward pass', () => {
    const run = smallRun();
    const calls: string[][] = [];
    const losses: number[] = [];
    let compiled = 0;
    const compile: Compile = (step) => {
      const which = compiled++;
      const watched = (...inputs: TensorGroup[]) => {
        calls.push([String(which), ...inputs.flatMap((group) => Object.keys(group))]);
        return step(...inputs);
      };
      return watched as typeof step;
    };
    const objective = {
      ...run.objective,
      loss(batch: RegressionBatch) {
        losses.push(calls.length);
        return run.objective.loss(batch);
      },
    };
    const step = trainStep({ ...run, objective, compile, accumulationSteps: 2 });
    const batch = regressionBatch(0, 0);
    step.accumulate(batch);
    tf.dispose(step(batch, { learningRate: 0.1, step: 1 }));
    expect(compiled).toBe(2);
    expect(calls).toEqual([
      ['0', 'inputs', 'targets'],
      ['0', 'inputs', 'targets'],
      ['1', 'stepSize', 'stabilizer', 'shrinkage'],
    ]);
    expect(losses).toEqual([1, 2]);
    step.dispose();
    disposeBatches([batch]);
    run.dispose();
  });

  it('is not spoiled by an update that was no number', () => {
    const run = smallRun();
    const finite = run.objective.variables().map((variable) => variable.dataSync().slice());
    const step = trainStep({ ...run, accumulationSteps: 2 });
    const [good, bad] = [regressionBatch(0, 0), regressionBatch(0, 1)];
    const poisoned = { ...bad, inputs: tf.mul<tf.Tensor2D>(bad.inputs, Number.NaN) };
    const norm = () => tf.tidy(() => step(good, { learningRate: 0, step: 1 }).gradientNorm.dataSync()[0]);
    step.accumulate(poisoned);
    expect(norm()).toBeNaN();
    // A caller that goes on puts the weights back.
    run.objective.variables().forEach((variable, which) => {
      tf.tidy(() => variable.assign(tf.tensor(finite[which]!, variable.shape)));
    });
    step.accumulate(good);
    expect(norm()).toBeGreaterThan(0);
    step.dispose();
    disposeBatches([good, bad, poisoned]);
    run.dispose();
  });

  it('refuses counts that are no positive integer, and updates after too few or too many micro-batches', () => {
    const run = smallRun();
    for (const wrong of [0, -1, 1.5, Number.NaN]) {
      expect(() => trainStep({ ...run, accumulationSteps: wrong })).toThrow(
        `trainStep: accumulationSteps must be an integer of at least 1, got ${wrong}`,
      );
    }
    const batch = regressionBatch(0, 0);
    expect(() => trainStep({ ...run }).accumulate(batch)).toThrow(
      'trainStep: accumulate needs accumulationSteps of at least 2, got 1; set accumulationSteps',
    );
    const step = trainStep({ ...run, accumulationSteps: 2 });
    expect(() => step(batch, { learningRate: 0.1, step: 1 })).toThrow(
      'trainStep: with accumulationSteps 2, 1 calls of accumulate must come before an update, got 0 since the last update',
    );
    step.accumulate(batch);
    expect(() => step.accumulate(batch)).toThrow(
      'at most 1 calls of accumulate may come before an update, got 1 since the last update; train() keeps count by itself',
    );
    step.dispose();
    disposeBatches([batch]);
    run.dispose();
  });
});
