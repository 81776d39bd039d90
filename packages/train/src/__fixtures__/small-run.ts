// A training run small enough for tests: a two-layer regression whose batches depend on (epoch, step) alone.

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { adamW } from '../optimizers/adamw';
import type { Objective } from '../step/objective';
import { constantLearningRate } from '../schedules/schedule';
import type { TrainOptions } from '../loop/train';

export interface RegressionBatch {
  /** [B, 3] */
  inputs: tf.Tensor2D;
  /** [B, 2] */
  targets: tf.Tensor2D;
}

export const epochs = 4;
export const stepsPerEpoch = 5;

/** `hidden` is the width of the middle layer. Nothing depends on the process: two calls give equal runs. */
export function smallRun({ hidden = 7 }: { hidden?: number } = {}): Pick<
  TrainOptions<RegressionBatch>,
  'objective' | 'optimizer' | 'schedule' | 'epochs' | 'stepsPerEpoch' | 'batch'
> & { dispose(): void } {
  const rng = createRng(11);
  const weight = (name: string, shape: number[]) =>
    tf.tidy(() => tf.variable(tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0.3 * rng.normal()), shape), true, uniqueName(name)));
  const variables = [weight('first.kernel', [3, hidden]), weight('first.bias', [hidden]), weight('second.kernel', [hidden, 2])] as const;
  const [kernel, bias, second] = variables;

  const objective: Objective<RegressionBatch> = {
    name: 'regression',
    variables: () => [...variables],
    loss({ inputs, targets }) {
      const middle = tf.tanh(tf.add(tf.matMul(inputs, kernel as tf.Tensor as tf.Tensor2D), bias)) as tf.Tensor2D;
      const error = tf.sub(tf.matMul(middle, second as tf.Tensor as tf.Tensor2D), targets);
      return { loss: tf.mean(tf.square(error)), metrics: { worst: tf.max(tf.abs(error)) } };
    },
  };
  const optimizer = adamW({ variables: objective.variables() });
  return {
    objective,
    optimizer,
    schedule: constantLearningRate(0.02),
    epochs,
    stepsPerEpoch,
    batch: regressionBatch,
    dispose() {
      optimizer.dispose();
      tf.dispose([...variables]);
    },
  };
}

export function regressionBatch(epoch: number, step: number): RegressionBatch {
  const rng = createRng(17).split('batch', epoch, step);
  const inputs = Float32Array.from({ length: 13 * 3 }, () => rng.normal());
  const targets = Float32Array.from({ length: 13 * 2 }, (_, index) => Math.sin(inputs[3 * (index >> 1)]!) + inputs[3 * (index >> 1) + 1 + (index & 1)]!);
  return { inputs: tf.tensor2d(inputs, [13, 3]), targets: tf.tensor2d(targets, [13, 2]) };
}

let created = 0;

/** As tfjs names the second model of a process: with a running number behind. */
function uniqueName(name: string): string {
  created += 1;
  return `${name}_${created}`;
}
