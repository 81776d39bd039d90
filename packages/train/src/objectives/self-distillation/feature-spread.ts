// Whether features still tell images apart.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Standard deviation of the L2-normalized rows of `features` [n, D], per component, mean over the components, times √D: 0 when
 * all rows point the same way, 1 when they point in all directions alike.
 *
 * Reference: the collapse test of Chen & He, "Exploring Simple Siamese Representation Learning", §4.1, https://arxiv.org/abs/2011.10566
 */
export function featureSpread(features: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const lengths = tf.sqrt(tf.maximum(tf.sum(tf.square(features), 1, true), 1e-24));
    const directions = tf.div(features, lengths); // [n, D]
    const centered = tf.sub(directions, tf.mean(directions, 0, true));
    const deviation = tf.sqrt(tf.mean(tf.square(centered), 0)); // [D]
    return tf.mul(tf.mean(deviation), Math.sqrt(features.shape[1])) as tf.Scalar;
  });
}
