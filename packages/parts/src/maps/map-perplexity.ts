// How many patches a map spreads over: a label-free monitor of collapse.

import * as tf from '@tensorflow/tfjs-core';

/** exp(entropy) of each row of `distributions` [..., n] (rows sum to 1), averaged: 1 = a single entry, n = uniform. */
export function mapPerplexity(distributions: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const entropies = tf.neg(tf.sum(tf.mul(distributions, tf.log(tf.add(distributions, 1e-12))), -1));
    return tf.mean(tf.exp(entropies)) as tf.Scalar;
  });
}
