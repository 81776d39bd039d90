// Images with soft masks applied: pixels · (1 - mask).

import * as tf from '@tensorflow/tfjs-core';

/**
 * `images` [B, H, W, C] and `masks` [B, H, W, J] → [J·B, H, W, C], all images with the first mask, then with the second, … With `chosen`
 * [B, J], one-hot: [B, H, W, C], each image with its mask.
 */
export function maskedCopies(images: tf.Tensor4D, masks: tf.Tensor4D, chosen?: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const maskCount = masks.shape[3];
  return tf.tidy(() => {
    if (chosen !== undefined) {
      const picked = tf.sum(tf.mul(masks, tf.reshape(chosen, [batch, 1, 1, maskCount])), 3, true); // [B, H, W, 1]
      return tf.mul(images, tf.sub(1, picked));
    }
    const byMask = tf.reshape(tf.transpose(masks, [3, 0, 1, 2]), [maskCount, batch * height * width, 1]);
    const pixels = tf.reshape(images, [1, batch * height * width, channels]);
    return tf.reshape(tf.mul(pixels, tf.sub(1, byMask)), [maskCount * batch, height, width, channels]);
  });
}
