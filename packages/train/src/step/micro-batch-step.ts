// An update from several micro-batches: their gradients are added up, and the optimizer sees the mean.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { Compile, TensorGroup } from './compile';
import { createGradientSum, type GradientSum } from './gradient-sum';
import type { LossAndGradients } from './loss-and-gradients';

/** What changes from step to step, as tensors: a record for each part of the update that has any. */
export type StepScalars = readonly Record<string, tf.Tensor>[];

export interface MicroBatchStepOptions<Batch> {
  differentiate: (batch: Batch) => LossAndGradients;
  /** Updates the weights; returns the norm of the gradients. */
  update: (gradients: Record<string, tf.Tensor>, scalars: StepScalars) => tf.Scalar;
  variables: readonly tf.Variable[];
  compile: Compile;
  /** At least 2. */
  accumulationSteps: number;
}

export interface MicroBatchStep<Batch> {
  accumulate(batch: Batch): void;
  /** Takes the last micro-batch and updates. Returns the means of loss and metrics, and the norm of the mean gradient. */
  finish(batch: Batch, scalars: StepScalars): Record<string, tf.Scalar>;
  dispose(): void;
}

/**
 * Two compiled functions: one adds the gradients of a micro-batch, one updates from the sum. Only the first holds the
 * backward pass, since a second graph of it would take its memory and its compile time twice.
 */
export function microBatchStep<Batch extends Record<string, tf.Tensor>>({
  differentiate,
  update,
  variables,
  compile,
  accumulationSteps,
}: MicroBatchStepOptions<Batch>): MicroBatchStep<Batch> {
  let gradientSum: GradientSum | undefined;
  /** Loss and metrics of each micro-batch since the last update. */
  let seen: Record<string, tf.Scalar>[] = [];

  const addGradients = compile((...inputs: TensorGroup[]): TensorGroup => {
    const [batch] = inputs as [Batch];
    return tf.tidy(() => {
      const { loss, metrics, gradients } = differentiate(batch);
      gradientSum!.add(gradients);
      return { ...metrics, loss };
    });
  });

  const updateFromSum = compile(
    (...scalars: TensorGroup[]): TensorGroup =>
      tf.tidy(() => ({
        gradientNorm: update(gradientSum!.takeMean(accumulationSteps), scalars as Record<string, tf.Tensor>[]),
      })),
  );

  function accumulate(batch: Batch): void {
    gradientSum ??= createGradientSum(variables); // outside the compiled functions, which may not make variables
    const scalars = tf.tidy(() => addGradients(batch) as Record<string, tf.Scalar>);
    seen.push(Object.fromEntries(Object.entries(scalars).map(([name, scalar]) => [name, tf.keep(scalar)])));
  }

  function assertSeen(isRight: boolean, requirement: string): void {
    if (isRight) return;
    throw new SemmaeError({
      where: 'trainStep',
      requirement: `with accumulationSteps ${accumulationSteps}, ${requirement}`,
      got: `${seen.length} since the last update`,
      remedy: 'train() keeps count by itself',
    });
  }

  function forget(): void {
    tf.dispose(seen);
    seen = [];
  }

  return {
    accumulate(batch) {
      const most = accumulationSteps - 1;
      assertSeen(seen.length < most, `at most ${most} calls of accumulate may come before an update`);
      accumulate(batch);
    },
    finish(batch, scalars) {
      const needed = accumulationSteps - 1;
      assertSeen(seen.length === needed, `${needed} calls of accumulate must come before an update`);
      accumulate(batch);
      const { gradientNorm } = updateFromSum(...scalars) as { gradientNorm: tf.Scalar };
      const means = meanOf(seen);
      forget();
      return { ...means, gradientNorm };
    },
    dispose() {
      forget();
      gradientSum?.dispose();
      gradientSum = undefined;
    },
  };
}

function meanOf(records: readonly Record<string, tf.Scalar>[]): Record<string, tf.Scalar> {
  const names = Object.keys(records[0]!);
  return Object.fromEntries(names.map((name) => [name, tf.mean(tf.stack(records.map((record) => record[name]!)))]));
}
