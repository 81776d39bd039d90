// Stochastic gradient descent with momentum: the optimizer of mask networks and of other players whose gradients should keep their size.

import { assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assignFlat, createFlatGroups, flattenGradients, flattenVariables } from './flat-group';
import { clipScale, globalNorm } from './global-norm';
import type { Optimizer } from './optimizer';

export interface SGDOptions {
  /** What to train. Variables with `trainable: false` are left alone. */
  variables: readonly tf.Variable[];
  /** In [0, 1). Default 0.9. */
  momentum?: number;
  /** Times the weight, added to its gradient; all weights alike. Default 0. */
  weightDecay?: number;
}

/** Values in each vector, as in AdamW. */
const groupSize = 2 ** 19;

/** v <- μ v + g + wd p, then p <- p - lr v: PyTorch's form, where the learning rate does not enter the momentum. */
export function sgd({ variables, momentum = 0.9, weightDecay = 0 }: SGDOptions): Optimizer {
  assertRange('sgd', 'momentum', momentum, 0, 1 - Number.EPSILON);
  assertRange('sgd', 'weightDecay', weightDecay, 0, Number.MAX_VALUE);
  const trained = variables.filter((variable) => variable.trainable);
  if (trained.length === 0) {
    throw new SemmaeError({
      where: 'sgd',
      requirement: 'variables must hold at least one trainable variable',
      got: variables.length === 0 ? 'no variables' : `${variables.length} frozen ones`,
      remedy: 'build the model first: layers have no weights before their first call',
    });
  }
  const groups = createFlatGroups(trained, groupSize);
  const velocities = groups.map(({ size }) => tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([size]), false)));
  return {
    name: 'sgd',
    variables: () => [...velocities],
    scalars: ({ learningRate }) => ({ learningRate }),
    apply: (gradients, { scalars, clipNorm }) =>
      tf.tidy(() => {
        const flat = groups.map((group) => flattenGradients(group, gradients)); // [n] each
        const gradientNorm = globalNorm(flat.map((gradient) => tf.square(gradient)));
        const scale = clipNorm === undefined ? undefined : clipScale(gradientNorm, clipNorm);
        const values = groups.map((group, index) => {
          const weights = flattenVariables(group); // [n]
          const clipped = scale === undefined ? flat[index]! : tf.mul(flat[index]!, scale);
          const gradient = weightDecay === 0 ? clipped : tf.add(clipped, tf.mul(weights, weightDecay));
          const velocity = tf.add<tf.Tensor1D>(tf.mul(velocities[index]!, momentum), gradient);
          velocities[index]!.assign(velocity);
          return tf.sub<tf.Tensor1D>(weights, tf.mul(velocity, scalars.learningRate!));
        });
        assignFlat(groups, values);
        return { gradientNorm };
      }),
    dispose: () => tf.dispose(velocities),
  };
}
