// One step of training: loss, gradients, clipping and update as functions of tensors.

import { assertInteger, assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer, OptimizerMoment } from '../optimizers/optimizer';
import { type Compile, runDirectly, type TensorGroup } from './compile';
import type { GradientTransform } from './gradient-transform';
import { lossAndGradients } from './loss-and-gradients';
import { microBatchStep, type StepScalars } from './micro-batch-step';
import type { MovingAverage } from './moving-average';
import type { Objective, TensorBatch } from './objective';

export interface TrainStepOptions<Batch> {
  objective: Objective<Batch>;
  optimizer: Optimizer;
  /** The backend's compiler. Default: none, the step runs operation by operation. */
  compile?: Compile;
  /** Changes of the gradients before `clipNorm` and the optimizer, first to last. Default: none. */
  gradientTransforms?: readonly GradientTransform[];
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
 * Scalars of one update: `loss` and `gradientNorm` (after `gradientTransforms`, before `clipNorm`), and what the objective adds. Over several micro-batches
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
 * Joins an objective and an optimizer into a step. Everything that differs between steps enters as tensors, so a compiling
 * backend traces it once per batch shape.
 */
export function trainStep<Batch extends TensorBatch<Batch>>({
  objective,
  optimizer,
  compile = runDirectly,
  gradientTransforms = [],
  clipNorm,
  accumulationSteps = 1,
  movingAverage,
}: TrainStepOptions<Batch>): TrainStep<Batch> {
  if (clipNorm !== undefined) assertRange('trainStep', 'clipNorm', clipNorm, Number.MIN_VALUE, Number.MAX_VALUE);
  assertInteger('trainStep', 'accumulationSteps', accumulationSteps);
  const variables = objective.variables().filter((variable) => variable.trainable);
  const differentiate = (batch: Batch) => lossAndGradients(objective, batch, variables);

  const sources: ScalarSource[] = [
    optimizer,
    ...gradientTransforms.filter(hasScalars),
    ...(movingAverage === undefined ? [] : [movingAverage]),
  ];
  const scalarsOf = (moment: OptimizerMoment): StepScalars =>
    sources.map((source) => asTensors(source.scalars(moment)));

  function update(gradients: Record<string, tf.Tensor>, scalars: StepScalars): tf.Scalar {
    const scalarsFor = (source: ScalarSource | GradientTransform) =>
      scalars[sources.indexOf(source as ScalarSource)] ?? {};
    const transformed = gradientTransforms.reduce(
      (changed, transform) => transform.apply(changed, scalarsFor(transform)),
      gradients,
    );
    const { gradientNorm } = optimizer.apply(transformed, { scalars: scalarsFor(optimizer), clipNorm });
    movingAverage?.update(scalarsFor(movingAverage));
    return gradientNorm;
  }

  if (accumulationSteps > 1) {
    const micro = microBatchStep({ differentiate, update, variables, compile, accumulationSteps });
    const step = (batch: Batch, moment: OptimizerMoment) =>
      tf.tidy(() => micro.finish(batch, scalarsOf(moment)) as StepMetrics);
    return Object.assign(step, { accumulate: micro.accumulate, dispose: micro.dispose });
  }

  const compiled = compile((...inputs: TensorGroup[]): TensorGroup => {
    const [batch, ...scalars] = inputs as [Batch, ...Record<string, tf.Tensor>[]];
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

/** Whatever changes from step to step by numbers. */
interface ScalarSource {
  scalars(moment: OptimizerMoment): Record<string, number>;
}

function hasScalars(transform: GradientTransform): transform is GradientTransform & ScalarSource {
  return transform.scalars !== undefined;
}

function asTensors(values: Record<string, number>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.scalar(value)]));
}
