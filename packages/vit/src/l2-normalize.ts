// Rows to length 1, with a closed-form gradient.

import * as tf from '@tensorflow/tfjs-core';

/** Keeps rows of zeros at zero; far below the square of any length that occurs. */
const epsilon = 1e-12;

/** x / sqrt(Σ x² + 1e-12) over the last axis: `x` [R, D] → [R, D]. With y the result, dx = (dy − y·(dy·y)) / |x|. */
export function l2Normalize(x: tf.Tensor2D): tf.Tensor2D {
  return differentiable(x);
}

const differentiable = tf.customGrad<tf.Tensor2D>((...inputs) => {
  const [x, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
  const inverseLength = tf.rsqrt(tf.add(tf.sum(tf.square(x), 1, true), epsilon)); // [R, 1]
  const value = tf.mul<tf.Tensor2D>(x, inverseLength);
  save([value, inverseLength]);
  return { value, gradFunc: l2NormalizeGradient };
});

function l2NormalizeGradient(dy: tf.Tensor2D, saved: tf.Tensor[]): tf.Tensor {
  const [y, inverseLength] = saved as [tf.Tensor2D, tf.Tensor2D];
  const along = tf.sum(tf.mul(dy, y), 1, true); // [R, 1]
  return tf.mul(tf.sub(dy, tf.mul(y, along)), inverseLength);
}
