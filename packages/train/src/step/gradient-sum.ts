// Gradients of several micro-batches, added up in flat vectors that live between compiled steps.

import * as tf from '@tensorflow/tfjs-core';

import { createFlatGroups, type FlatGroup, flattenGradients, unflatten } from '../optimizers/flat-group';

/** Values in each vector, as in AdamW: vectors near the size of the cache. */
const groupSize = 2 ** 19;

/** A state of the current update alone: it is zero between updates, so checkpoints leave it out. */
export interface GradientSum {
  /** Adds gradients keyed by variable name, as `tf.variableGrads` returns them. */
  add(gradients: Record<string, tf.Tensor>): void;
  /** The sum over `count`, keyed by variable name; the sum itself becomes zero. */
  takeMean(count: number): Record<string, tf.Tensor>;
  dispose(): void;
}

/** `add` and `takeMean` may be traced: what they change are variables made here. */
export function createGradientSum(variables: readonly tf.Variable[]): GradientSum {
  const sums = createFlatGroups(variables, groupSize).map((group) => ({ group, sum: createZeros(group) }));
  return {
    add: (gradients) =>
      tf.tidy(() => {
        for (const { group, sum } of sums) sum.assign(tf.add<tf.Tensor1D>(sum, flattenGradients(group, gradients)));
      }),
    takeMean: (count) =>
      tf.tidy(() => {
        const means = sums.map(({ sum }) => tf.div<tf.Tensor1D>(sum, count)); // [n]
        const gradients = unflatten(
          sums.map(({ group }) => group),
          means,
        );
        for (const { sum } of sums) sum.assign(tf.zerosLike(sum));
        return Object.fromEntries([...gradients].map(([variable, gradient]) => [variable.name, gradient]));
      }),
    dispose: () => tf.dispose(sums.map(({ sum }) => sum)),
  };
}

function createZeros(group: FlatGroup): tf.Variable<tf.Rank.R1> {
  return tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([group.size]), false));
}
