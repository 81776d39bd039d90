// The length of all gradients taken as one vector, and clipping to it.

import * as tf from '@tensorflow/tfjs-core';

/** √Σ g² over all vectors, from their squares: the global norm of gradients that lie in several flat groups. */
export function globalNorm(squares: readonly tf.Tensor1D[]): tf.Scalar {
  const sums = squares.map((square) => tf.sum<tf.Tensor1D>(square, 0, true));
  return tf.sqrt(tf.sum(tf.concat1d(sums))) as tf.Scalar;
}

/**
 * The factor that brings a gradient of length `norm` to at most `longest`: min(1, longest / (norm + 1e-6)).
 * The 1e-6 is that of torch.nn.utils.clip_grad_norm_, so that clipped runs compare.
 */
export function clipScale(norm: tf.Scalar, longest: number): tf.Scalar {
  return tf.minimum(1, tf.div(longest, tf.add(norm, 1e-6)));
}
