// What may happen to gradients between the loss and the optimizer.

import type * as tf from '@tensorflow/tfjs-core';

import type { OptimizerMoment } from '../optimizers/optimizer';

/** Changes gradients before the optimizer sees them; without state, so that checkpoints need not know of it. */
export interface GradientTransform {
  /** What changes from step to step, computed on the host in double precision. Absent where nothing does. */
  scalars?(moment: OptimizerMoment): Record<string, number>;
  /** New gradients under the same variable names; `scalars` are those of `scalars(...)` as tensors. Runs inside the compiled step. */
  apply(gradients: Record<string, tf.Tensor>, scalars: Record<string, tf.Tensor>): Record<string, tf.Tensor>;
}
