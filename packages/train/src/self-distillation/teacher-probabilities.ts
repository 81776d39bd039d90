// From the teacher's logits to its probabilities, and the centre that keeps them from collapsing.

import * as tf from '@tensorflow/tfjs-core';

/**
 * softmax((logits - centre) / temperature) over the last axis.
 *
 * Reference: DINO, §3.1, https://arxiv.org/abs/2104.14294
 */
export function sharpened<T extends tf.Tensor>(logits: T, centre: tf.Tensor, temperature: tf.Scalar): T {
  return tf.tidy(() => tf.softmax(tf.div(tf.sub(logits, centre), temperature)) as T);
}

/**
 * centre <- kept · centre + (1 - kept) · mean of `logits` over all axes but the last. `centre` has the rank of `logits`, with 1
 * on those axes.
 *
 * Reference: DINO, Eq. 4, https://arxiv.org/abs/2104.14294
 */
export function moveCentre(centre: tf.Variable, logits: tf.Tensor, kept: tf.Scalar): void {
  tf.tidy(() => {
    const axes = Array.from({ length: logits.rank - 1 }, (_, axis) => axis);
    const mean = tf.mean(logits, axes, true);
    centre.assign(tf.add(mean, tf.mul(tf.sub(centre, mean), kept)));
  });
}
