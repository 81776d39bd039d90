// The loss of a batch, its metrics and the gradients, as one tape of tfjs gives them.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations, which its root import leaves out

import type { Objective } from './objective';

export interface LossAndGradients {
  loss: tf.Scalar;
  metrics: Record<string, tf.Scalar>;
  /** Keyed by variable name. */
  gradients: Record<string, tf.Tensor>;
}

/** Throws a SemmaeError for a loss that is no scalar. */
export function lossAndGradients<Batch>(
  objective: Objective<Batch>,
  batch: Batch,
  variables: tf.Variable[],
): LossAndGradients {
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
