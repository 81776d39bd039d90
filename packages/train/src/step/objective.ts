// What a trainer needs to know of a task.

import type * as tf from '@tensorflow/tfjs-core';

/** A batch is a record of tensors, all with the batch axis first. */
export type TensorBatch<Batch> = { [Name in keyof Batch]: tf.Tensor };

/**
 * A loss over a batch and the variables that shall lower it. Masked reconstruction, part learning and anything else that
 * trains in this repository returns one; an object of your own with these three members is as good.
 */
export interface Objective<Batch = Record<string, tf.Tensor>> {
  readonly name: string;
  /** The variables to train, in an order that is the same in every process. */
  variables(): tf.Variable[];
  /** Pure in the batch and the variables: no randomness, no state. `metrics` are scalars to log beside the loss. */
  loss(batch: Batch): { loss: tf.Scalar; metrics?: Record<string, tf.Scalar> };
}
