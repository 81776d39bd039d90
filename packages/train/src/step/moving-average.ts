// The exponential moving average of the weights: the model that is evaluated, or the teacher of another.

import { assertLength, assertRange, assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { stableNames } from '../loop/stable-names';

export interface MovingAverageOptions {
  /** What to average: float32, for instance `objective.variables()`. Their values at this moment are where the average begins. */
  variables: readonly tf.Variable[];
  /**
   * What the average keeps of itself in an update, in [0, 1], or a function of the completed updates, for a teacher whose
   * decay grows along a cosine. 0.999 to 0.9999 for evaluation; 0.996 rising to 1 for a teacher (BYOL, DINO).
   */
  decay: number | ((completedSteps: number) => number);
  /**
   * Where to keep the averages: for each variable one of its shape, such as those of a second model, which is then a teacher.
   * They are set to the weights now, and stay the caller's to dispose. Default: new ones.
   */
  averages?: readonly tf.Variable[];
}

export interface MovingAverage {
  /** The averages, for checkpoints: one for each variable, of its shape and in the order given. */
  variables(): tf.Variable[];
  /** What changes from step to step, computed on the host in double precision. `step` counts updates from 1. */
  scalars(moment: { step: number }): Record<string, number>;
  /** One update from the present weights; `scalars` are those of `scalars(...)` as tensors. May run inside a compiled step. */
  update(scalars: Record<string, tf.Tensor>): void;
  /** Assigns the averages to variables of the same shapes, such as those of a second model. */
  copyTo(targets: readonly tf.Variable[]): void;
  /** Exchanges weights and averages. Evaluate, then call it again before training goes on or a checkpoint is written. */
  swap(): void;
  /** Frees the averages, unless they are the caller's. */
  dispose(): void;
}

/**
 * average <- decay · average + (1 - decay) · w, after each update of the weights w.
 *
 * Computed as average + (1 - decay)(w - average): float32 factors do not add up to 1, which would shift the average itself
 * by 2e-4 at a decay of 0.9999. In float32 a difference below about 6e-8 / (1 - decay) of a weight no longer moves its
 * average.
 *
 * Reference: Tarvainen & Valpola, "Mean teachers are better role models", §2, https://arxiv.org/abs/1703.01780
 */
export function movingAverage({ variables, decay, averages: given }: MovingAverageOptions): MovingAverage {
  if (typeof decay === 'number') assertRange('movingAverage', 'decay', decay, 0, 1);
  assertAveraged(variables);
  const decayAfter = typeof decay === 'number' ? () => decay : decay;
  if (given !== undefined) assertFit('movingAverage', given, variables, 'averages');
  const averages = given ?? startAverages(variables);
  const pairs = variables.map((variable, index) => ({ variable, average: averages[index]! }));
  for (const { variable, average } of given === undefined ? [] : pairs) assignCopy(average, variable);

  return {
    variables: () => [...averages],
    scalars({ step }) {
      const value = decayAfter(step - 1);
      assertRange('movingAverage', `decay after ${step - 1} steps`, value, 0, 1);
      return { share: 1 - value };
    },
    update: ({ share }) =>
      tf.tidy(() => {
        for (const { variable, average } of pairs)
          average.assign(tf.add(average, tf.mul(tf.sub(variable, average), share!)));
      }),
    copyTo(targets) {
      assertFit('movingAverage.copyTo', targets, averages, 'targets'); // all, before the first is written
      targets.forEach((target, index) => {
        assignCopy(target, averages[index]!);
      });
    },
    swap: () =>
      tf.tidy(() => {
        for (const { variable, average } of pairs) {
          const weights = tf.clone(variable);
          variable.assign(tf.clone(average));
          average.assign(weights);
        }
      }),
    dispose() {
      if (given === undefined) tf.dispose(pairs.map(({ average }) => average));
    },
  };
}

function assertAveraged(variables: readonly tf.Variable[]): void {
  const other = variables.find(({ dtype }) => dtype !== 'float32');
  if (variables.length > 0 && other === undefined) return;
  throw new SemmaeError({
    where: 'movingAverage',
    requirement: 'variables must be one or more float32 variables',
    got: other === undefined ? 'no variables' : `${other.name}, which is ${other.dtype}`,
    remedy:
      other === undefined ? 'build the model first: layers have no weights before their first call' : 'leave it out',
  });
}

function assertFit(
  where: string,
  targets: readonly tf.Variable[],
  sources: readonly tf.Variable[],
  name: string,
): void {
  assertLength(where, name, targets, sources.length, 'pass as many as were averaged');
  targets.forEach((target, index) => {
    assertShape(where, target.name, target.shape, sources[index]!.shape, 'keep the order');
  });
}

/** Named after their weights; the running number, which `stableNames` takes off again, allows several averages of one model. */
function startAverages(variables: readonly tf.Variable[]): tf.Variable[] {
  const names = stableNames(variables);
  return variables.map((variable, index) =>
    tf.tidy(() => {
      const start = tf.clone(variable as tf.Tensor);
      return tf.variable(start, false, `average.${names[index]!}_${start.id}`);
    }),
  );
}

function assignCopy(target: tf.Variable, source: tf.Variable): void {
  tf.tidy(() => target.assign(tf.clone(source as tf.Tensor)));
}
