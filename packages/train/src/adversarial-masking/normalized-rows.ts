// Rows of length 1, whose products are cosines.

import * as tf from '@tensorflow/tfjs-core';

/** Keeps rows of zeros at zero. */
const epsilon = 1e-12;

/** x / √(Σ x² + 1e-12) over the last axis, [R, D]. */
export function normalizedRows(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), 1, true), epsilon)));
}
