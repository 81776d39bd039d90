// Logarithms of softmax outputs, which may have underflowed to zero.

import * as tf from '@tensorflow/tfjs-core';

/** log(p + 1e-12): finite for p = 0, where float32's softmax ends up some 100 logits below its maximum. */
export function logProbability(probabilities: tf.Tensor): tf.Tensor {
  return tf.log(tf.add(probabilities, 1e-12));
}
