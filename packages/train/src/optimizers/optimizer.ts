// What a trainer needs to know of an optimizer: its state is a value, its step a function of tensors.

import type * as tf from '@tensorflow/tfjs-core';

export interface OptimizerMoment {
  learningRate: number;
  /** Number of this update, counted from 1 (the t of Adam's bias correction). */
  step: number;
}

export interface OptimizerInputs {
  /** `scalars(...)` of the same optimizer as tensors. */
  scalars: Record<string, tf.Tensor>;
  /** Largest global norm of the gradients; longer gradients are scaled down to it. No clipping when absent. */
  clipNorm?: number;
}

/** Updates variables in place from their gradients; everything it remembers is in `variables()`. */
export interface Optimizer {
  readonly name: string;
  /** The state between steps, for checkpoints: moments, one flat vector per group. */
  variables(): tf.Variable[];
  /** What changes from step to step, computed on the host in double precision, so that a compiled step takes it as input. */
  scalars(moment: OptimizerMoment): Record<string, number>;
  /** One update. `gradients` are keyed by variable name, as `tf.variableGrads` returns them. Reports their norm before clipping. */
  apply(gradients: Record<string, tf.Tensor>, inputs: OptimizerInputs): { gradientNorm: tf.Scalar };
  /** Frees the state. */
  dispose(): void;
}
