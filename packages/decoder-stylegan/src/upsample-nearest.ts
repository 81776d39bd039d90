// Nearest-neighbour upsampling by two, as one broadcast product with a one-sum gradient.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Repeats every pixel of [B, H, W, C] in a 2x2 block: [B, 2H, 2W, C].
 *
 * A broadcast rather than `resizeNearestNeighbor`: the gradient is a plain sum over each block, which every backend has,
 * while the gradient of `resizeNearestNeighbor` on the tfjs CPU backend is wrong for more than one image (4.22).
 */
export function upsampleNearest(images: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const repeat = tf.customGrad<tf.Tensor>((...inputs) => {
    const [x] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const spread = tf.reshape(x, [batch * height, 1, width, 1, channels]);
    const repeated = tf.mul(spread, tf.ones([1, 2, 1, 2, 1])); // [B*H, 2, W, 2, C]
    return {
      value: tf.reshape(repeated, [batch, 2 * height, 2 * width, channels]),
      gradFunc: (upstream) => {
        const blocks = tf.reshape(upstream, [batch * height, 2, width, 2, channels]);
        return tf.reshape(tf.sum(blocks, [1, 3]), images.shape);
      },
    };
  });
  return tf.tidy(() => repeat(images) as tf.Tensor4D);
}
