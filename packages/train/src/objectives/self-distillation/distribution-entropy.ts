// How much a teacher's distributions leave open.

import * as tf from '@tensorflow/tfjs-core';

/** Mean of -Σ p log p over the rows of `probabilities` [rows, E], in nats: 0 for certainty, ln E for the uniform one. */
export function meanEntropy(probabilities: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    // 0 · log 0 is 0; the floor changes a term by less than 1e-28.
    const terms = tf.mul(probabilities, tf.log(tf.maximum(probabilities, 1e-30)));
    return tf.neg(tf.mean(tf.sum(terms, 1))) as tf.Scalar;
  });
}

/**
 * Entropy of the mean of the rows minus the mean of their entropies, in nats: what a row's distribution tells about which row it
 * is. 0 when all rows say the same, be it uniform or certain; at most the smaller of ln E and ln rows.
 */
export function rowInformation(probabilities: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const ofMean = meanEntropy(tf.mean<tf.Tensor2D>(probabilities, 0, true));
    return tf.sub<tf.Scalar>(ofMean, meanEntropy(probabilities));
  });
}
