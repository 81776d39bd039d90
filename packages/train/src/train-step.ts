// One step of training: loss, gradients, clipping and update as functions of tensors.

import { assertInteger, assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type Compile, runDirectly, type TensorGroup } from './compile';
import { lossAndGradients } from './loss-and-gradients';
import { microBatchStep, type StepScalars } from './micro-batch-step';
import type { MovingAverage } from './moving-average';
import type { Objective, TensorBatch } from './objective';
import type { Optimizer, OptimizerMoment } from './optimizer';

export interface TrainStepOptions<Batch> {
  objective: Objective<Batch>;
  optimizer: Optimizer;
  /** The backend's compiler. Default: none, the step runs operation by operation. */
  compile?: Compile;
  /** Largest global gradient norm, > 0. Default: no clipping, as in MAE; 1 to 3 steadies small patches and long sequences. */
  clipNorm?: number;
  /**
   * Micro-batches whose gradients are averaged before one update, an integer of at least 1. Default 1. Micro-batches of one
   * size give the update of a single batch of all their rows, where the loss is a mean over rows, in the memory of one.
   */
  accumulationSteps?: number;
  /** Averages of the weights to update after each update of the weights. Default: none. They stay the caller's. */
  movingAverage?: MovingAverage;
}

/**
 * Scalars of one update: `loss` and `gradientNorm` (before clipping), and what the objective adds. Over several micro-batches
 * the loss and the objective's metrics are means, and the norm is that of the averaged gradient. The caller disposes them.
 */
export type StepMetrics = Record<string, tf.Scalar> & { loss: tf.Scalar; gradientNorm: tf.Scalar };

/** Updates the variables from one batch, which stays the caller's, together with the micro-batches accumulated before it. */
export interface TrainStep<Batch> {
  (batch: Batch, moment: OptimizerMoment): StepMetrics;
  /** Adds the gradients of a micro-batch: all of an update but the last, so `accumulationSteps - 1` before each call. */
  accumulate(batch: Batch): void;
  /** Frees the summed gradients. The step cannot be called afterwards. */
  dispose(): void;
}

/**
 * Joins an objective and an optimiser into a step. Everything that differs between steps enters as tensors, so a compiling
 * backend traces it once per batch shape.
 */
export function trainStep<Batch extends TensorBatch<Batch>>({
  objective,
  optimizer,
  compile = runDirectly,
  clipNorm,
  accumulationSteps = 1,
  movingAverage,
}: TrainStepOptions<Batch>): TrainStep<Batch> {
  if (clipNorm !== undefined) assertRange('trainStep', 'clipNorm', clipNorm, Number.MIN_VALUE, Number.MAX_VALUE);
  assertInteger('trainStep', 'accumulationSteps', accumulationSteps);
  const variables = objective.variables().filter((variable) => variable.trainable);
  const differentiate = (batch: Batch) => lossAndGradients(objective, batch, variables);

  function update(gradients: Record<string, tf.Tensor>, [scalars, ofAverage]: StepScalars): tf.Scalar {
    const { gradientNorm } = optimizer.apply(gradients, { scalars, clipNorm });
    if (ofAverage !== undefined) movingAverage?.update(ofAverage);
    return gradientNorm;
  }

  function scalarsOf(moment: OptimizerMoment): StepScalars {
    const scalars = asTensors(optimizer.scalars(moment));
    return movingAverage === undefined ? [scalars] : [scalars, asTensors(movingAverage.scalars(moment))];
  }

  if (accumulationSteps > 1) {
    const micro = microBatchStep({ differentiate, update, variables, compile, accumulationSteps });
    const step = (batch: Batch, moment: OptimizerMoment) =>
      tf.tidy(() => micro.finish(batch, scalarsOf(moment)) as StepMetrics);
    return Object.assign(step, { accumulate: micro.accumulate, dispose: micro.dispose });
  }

  const compiled = compile((...inputs: TensorGroup[]): TensorGroup => {
    const [batch, ...scalars] = inputs as [Batch, ...StepScalars];
    return tf.tidy(() => {
      const { loss, metrics, gradients } = differentiate(batch);
      return { ...metrics, loss, gradientNorm: update(gradients, scalars) };
    });
  });
  const step = (batch: Batch, moment: OptimizerMoment) =>
    tf.tidy(() => compiled(batch, ...scalarsOf(moment)) as StepMetrics);
  return Object.assign(step, {
    accumulate: () => {
      throw new SemmaeError({
        where: 'trainStep',
        requirement: 'accumulate needs accumulationSteps of at least 2',
        got: 1,
        remedy: 'set accumulationSteps, or call the step itself',
      });
    },
    dispose: () => {},
  });
}

function asTensors(values: Record<string, number>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.scalar(value)]));
}
