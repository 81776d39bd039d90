// From the teacher's logits to its probabilities, and the center that keeps them from collapsing.

import * as tf from '@tensorflow/tfjs-core';

/**
 * softmax((logits - center) / temperature) over the last axis.
 *
 * Reference: DINO, §3.1, https://arxiv.org/abs/2104.14294
 */
export function sharpened<T extends tf.Tensor>(logits: T, center: tf.Tensor, temperature: tf.Scalar): T {
  return tf.tidy(() => tf.softmax(tf.div(tf.sub(logits, center), temperature)) as T);
}

/**
 * center <- kept · center + (1 - kept) · mean of `logits` over all axes but the last. `center` has the rank of `logits`, with 1
 * on those axes.
 *
 * Reference: DINO, Eq. 4, https://arxiv.org/abs/2104.14294
 */
export function moveCenter(center: tf.Variable, logits: tf.Tensor, kept: tf.Scalar): void {
  tf.tidy(() => {
    const axes = Array.from({ length: logits.rank - 1 }, (_, axis) => axis);
    const mean = tf.mean(logits, axes, true);
    center.assign(tf.add(mean, tf.mul(tf.sub(center, mean), kept)));
  });
}
