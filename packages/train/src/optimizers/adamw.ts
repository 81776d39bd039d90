// AdamW over flat vectors: variables that decay and variables that do not, each joined into a few.

import { assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Schedule } from '../schedules/schedule';
import { assignFlat, createFlatGroups, type FlatGroup, flattenGradients, flattenVariables } from './flat-group';
import { clipScale, globalNorm } from './global-norm';
import type { Optimizer, OptimizerInputs } from './optimizer';
import { decaysInPreTraining } from './weight-decay-rule';

export interface AdamWOptions {
  /** What to train. Variables with `trainable: false` are left alone. */
  variables: readonly tf.Variable[];
  /** Decay rate of the first moment, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay rate of the second moment, in [0, 1). Default 0.95, MAE Table 8; fine-tuning uses 0.999. */
  beta2?: number;
  /** Added to the root of the bias-corrected second moment. Default 1e-8. */
  epsilon?: number;
  /**
   * Fraction of a weight that a step at learning rate 1 would remove, or a function of the completed updates. Default 0.05,
   * MAE Table 8; DINO: `cosineBetween({ start: 0.04, end: 0.4, totalSteps })`.
   */
  weightDecay?: number | Schedule;
  /** Which variables decay. Default: MAE's rule, all but vectors and biases. */
  decays?: (variable: tf.Variable) => boolean;
  /**
   * Small variables are joined and large ones cut into vectors of at most this many values, so that the dozen passes of an
   * update work on vectors near the size of the cache. Default 2^19 (2 MB).
   */
  groupSize?: number;
}

interface MomentGroup extends FlatGroup {
  readonly decay: boolean;
  readonly first: tf.Variable<tf.Rank.R1>;
  readonly second: tf.Variable<tf.Rank.R1>;
}

/**
 * Adam with decoupled weight decay: p <- p - lr wd p - lr m̂ / (√v̂ + ε).
 *
 * The moments are kept as plain sums, M <- β₁M + g and V <- β₂V + g², that is m = (1 - β₁)M and v = (1 - β₂)V. The factors
 * go into the host-side scalars together with the bias corrections, which saves two passes over all weights in each step.
 *
 * Reference: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", Algorithm 2, https://arxiv.org/abs/1711.05101
 * (with the schedule multiplier inside the learning rate, as PyTorch has it).
 */
export function adamW({
  variables,
  beta1 = 0.9,
  beta2 = 0.95,
  epsilon = 1e-8,
  weightDecay = 0.05,
  decays = decaysInPreTraining,
  groupSize = 2 ** 19,
}: AdamWOptions): Optimizer {
  assertRange('adamW', 'beta1', beta1, 0, 1 - Number.EPSILON);
  assertRange('adamW', 'beta2', beta2, 0, 1 - Number.EPSILON);
  assertRange('adamW', 'groupSize', groupSize, 1, Number.MAX_VALUE);
  assertRange('adamW', 'epsilon', epsilon, 0, 1);
  if (typeof weightDecay === 'number') assertRange('adamW', 'weightDecay', weightDecay, 0, Number.MAX_VALUE);
  const decayAfter = typeof weightDecay === 'number' ? () => weightDecay : weightDecay;
  const trained = variables.filter((variable) => variable.trainable);
  if (trained.length === 0) {
    throw new SemmaeError({
      where: 'adamW',
      requirement: 'variables must hold at least one trainable variable',
      got: variables.length === 0 ? 'no variables' : `${variables.length} frozen ones`,
      remedy: 'build the model first: layers have no weights before their first call',
    });
  }
  const groups = [true, false]
    .map((decay) => ({ decay, members: trained.filter((variable) => decays(variable) === decay) }))
    .flatMap(({ decay, members }) => createFlatGroups(members, groupSize).map((group) => createMoments(group, decay)));

  /** Updates the moments; returns the new values, [n]. */
  function update(
    group: MomentGroup,
    { gradient, square }: { gradient: tf.Tensor1D; square: tf.Tensor1D },
    { stepSize, stabilizer, shrinkage }: Record<string, tf.Tensor>,
  ): tf.Tensor1D {
    const first = tf.add(tf.mul(group.first, beta1), gradient); // [n]
    const second = tf.add(tf.mul(group.second, beta2), square); // [n]
    const values = flattenVariables(group); // [n]
    const step = tf.mul(tf.div(first, tf.add(tf.sqrt(second), stabilizer!)), stepSize!); // [n]
    // p - (lr wd) p rather than (1 - lr wd) p: near 1, float32 would round a small decay by percents.
    const change = group.decay && weightDecay !== 0 ? tf.add(step, tf.mul(values, shrinkage!)) : step;
    group.first.assign(first as tf.Tensor1D);
    group.second.assign(second as tf.Tensor1D);
    return tf.sub(values, change);
  }

  return {
    name: 'adamw',
    variables: () => groups.flatMap(({ first, second }) => [first, second]),
    scalars({ learningRate, step }) {
      // lr m̂ / (√v̂ + ε) = stepSize M / (√V + stabilizer), with m̂ = (1 - β₁) M / (1 - β₁ᵗ) and v̂ likewise.
      const decay = decayAfter(step - 1);
      assertRange('adamW', `weightDecay after ${step - 1} steps`, decay, 0, Number.MAX_VALUE);
      const rootScale = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
      return {
        stepSize: (learningRate * (1 - beta1)) / (1 - beta1 ** step) / rootScale,
        stabilizer: epsilon / rootScale,
        shrinkage: learningRate * decay,
      };
    },
    apply: (gradients: Record<string, tf.Tensor>, { scalars, clipNorm }: OptimizerInputs) =>
      tf.tidy(() => {
        const flat = groups.map((group) => {
          const gradient = flattenGradients(group, gradients);
          return { gradient, square: tf.square(gradient) };
        });
        const gradientNorm = globalNorm(flat.map(({ square }) => square));
        const clipped = clipNorm === undefined ? flat : flat.map(scaledBy(clipScale(gradientNorm, clipNorm)));
        const values = groups.map((group, index) => update(group, clipped[index]!, scalars));
        assignFlat(groups, values);
        return { gradientNorm };
      }),
    dispose() {
      for (const { first, second } of groups) tf.dispose([first, second]);
    },
  };
}

function scaledBy(scale: tf.Scalar) {
  return ({ gradient }: { gradient: tf.Tensor1D }) => {
    const scaled = tf.mul<tf.Tensor1D>(gradient, scale);
    return { gradient: scaled, square: tf.square(scaled) };
  };
}

function createMoments(group: FlatGroup, decay: boolean): MomentGroup {
  const zeros = () => tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([group.size]), false));
  return { ...group, decay, first: zeros(), second: zeros() };
}
