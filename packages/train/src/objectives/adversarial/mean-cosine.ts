// How much rows point the same way.

import { l2Normalize } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

/** The mean over rows of cos(oneᵣ, otherᵣ), of two [R, D]. */
export function meanCosine(one: tf.Tensor2D, other: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.sum(tf.mul(l2Normalize(one), l2Normalize(other)), 1));
}
