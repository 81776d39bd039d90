// The affine map of every projection in the models.

import * as tf from '@tensorflow/tfjs-core';

/** x·kernel (+ bias) on a matrix, so that the backend sees one large product: `x` [R, I], `kernel` [I, O], `bias` [O] → [R, O]. */
export function linear(x: tf.Tensor2D, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  const product = tf.matMul<tf.Tensor2D>(x, kernel);
  return bias === undefined ? product : tf.add(product, bias);
}
