// One step of training: loss, gradients, clipping and update as a single function of tensors.

import { assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations, which its root import leaves out

import { type Compile, runDirectly, type TensorGroup } from './compile';
import type { Objective, TensorBatch } from './objective';
import type { Optimizer, OptimizerMoment } from './optimizer';

export interface TrainStepOptions<Batch> {
  objective: Objective<Batch>;
  optimizer: Optimizer;
  /** The backend's compiler. Default: none, the step runs operation by operation. */
  compile?: Compile;
  /** Largest global gradient norm, > 0. Default: no clipping, as in MAE; 1 to 3 steadies small patches and long sequences. */
  clipNorm?: number;
}

/** Scalars of one step: `loss` and `gradientNorm` (before clipping), and what the objective adds. The caller disposes them. */
export type StepMetrics = Record<string, tf.Scalar> & { loss: tf.Scalar; gradientNorm: tf.Scalar };

/** Updates the variables from one batch, which stays the caller's. */
export type TrainStep<Batch> = (batch: Batch, moment: OptimizerMoment) => StepMetrics;

/**
 * Joins an objective and an optimiser into a step. Everything that differs between steps enters as tensors, so a compiling
 * backend traces it once per batch shape.
 */
export function trainStep<Batch extends TensorBatch<Batch>>({
  objective,
  optimizer,
  compile = runDirectly,
  clipNorm,
}: TrainStepOptions<Batch>): TrainStep<Batch> {
  if (clipNorm !== undefined) assertRange('trainStep', 'clipNorm', clipNorm, Number.MIN_VALUE, Number.MAX_VALUE);
  const variables = objective.variables().filter((variable) => variable.trainable);

  const step = compile((...inputs: TensorGroup[]): TensorGroup => {
    const [batch, scalars] = inputs as [Batch, Record<string, tf.Tensor>];
    return tf.tidy(() => {
      const { loss, metrics, gradients } = lossAndGradients(objective, batch, variables);
      const { gradientNorm } = optimizer.apply(gradients, { scalars, clipNorm });
      return { ...metrics, loss, gradientNorm };
    });
  });

  return (batch, moment) =>
    tf.tidy(() => {
      const scalars = Object.fromEntries(
        Object.entries(optimizer.scalars(moment)).map(([name, value]) => [name, tf.scalar(value)]),
      );
      return step(batch, scalars) as StepMetrics;
    });
}

function lossAndGradients<Batch>(objective: Objective<Batch>, batch: Batch, variables: tf.Variable[]) {
  let kept: Record<string, tf.Scalar> = {};
  const { value: loss, grads: gradients } = tf.variableGrads(() => {
    const { loss: scalar, metrics = {} } = objective.loss(batch);
    if (scalar.rank !== 0) {
      throw new SemmaeError({
        where: `objective ${objective.name}`,
        requirement: 'the loss must be a scalar',
        got: `[${scalar.shape.join(', ')}]`,
        remedy: 'take the mean',
      });
    }
    // variableGrads frees what its function made, all but the returned loss.
    kept = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, tf.keep(tf.clone(metric))]));
    return scalar;
  }, variables);
  const metrics = Object.fromEntries(Object.entries(kept).map(([name, metric]) => [name, tf.clone(metric)]));
  tf.dispose(kept);
  return { loss, metrics, gradients };
}
