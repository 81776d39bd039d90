// The published code's optional term on how sizes are shared among the masks.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Σ p ln p over masks and images, p the softmax over the J masks of their shares [B, J]: the *negative* entropy, summed and not
 * averaged, as published. It is maximized there, so a positive weight rewards unequal sizes; leave it off.
 */
export function negativeSizeEntropy(shares: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.mul(tf.softmax(shares), tf.logSoftmax(shares))) as tf.Scalar);
}
