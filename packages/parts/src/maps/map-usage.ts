// Which share of the patches each part wins, inside a step.

import * as tf from '@tensorflow/tfjs-core';

/** Argmax shares of maps [B, P, N]: [P], sums to 1. Parts that tie share the patch. No gradient. */
export function mapUsage(maps: tf.Tensor3D): tf.Tensor1D {
  return tf.tidy(() => {
    const wins = tf.cast(tf.greaterEqual(maps, tf.max(maps, 1, true)), 'float32'); // [B, P, N]
    return tf.mean(tf.div(wins, tf.sum(wins, 1, true)), [0, 2]);
  });
}
