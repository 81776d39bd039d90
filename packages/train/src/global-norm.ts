// The length of all gradients taken as one vector, and clipping to it.

import * as tf from '@tensorflow/tfjs-core';

/** √Σ g² over all vectors: the global norm of gradients that lie in several flat groups. */
export function globalNorm(vectors: readonly tf.Tensor1D[]): tf.Scalar {
  const squares = vectors.map((vector) => tf.sum(tf.square(vector)));
  return tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square))) as tf.Scalar;
}

/**
 * The factor that brings a gradient of length `norm` to at most `longest`: min(1, longest / (norm + 1e-6)).
 * The 1e-6 is that of torch.nn.utils.clip_grad_norm_, so that clipped runs compare.
 */
export function clipScale(norm: tf.Scalar, longest: number): tf.Scalar {
  return tf.minimum(1, tf.div(longest, tf.add(norm, 1e-6)));
}
