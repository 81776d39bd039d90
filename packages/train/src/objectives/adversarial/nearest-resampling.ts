// Maps of half and of double size by nearest neighbors, from reshapes, slices and broadcasts whose gradients every backend has.

import * as tf from '@tensorflow/tfjs-core';

/** Every second pixel in both directions, the first included: [B, H, W, C] → [B, H/2, W/2, C], H and W even. */
export function halved(maps: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = maps.shape;
  const rowPairs = tf.reshape<tf.Rank.R2>(maps, [(batch * height) / 2, 2 * width * channels]);
  const rows = tf.slice2d(rowPairs, [0, 0], [-1, width * channels]);
  const pixelPairs = tf.reshape<tf.Rank.R2>(rows, [(batch * height * width) / 4, 2 * channels]);
  return tf.reshape(tf.slice2d(pixelPairs, [0, 0], [-1, channels]), [batch, height / 2, width / 2, channels]);
}

/** Every pixel four times: [B, H, W, C] → [B, 2H, 2W, C]. */
export function doubled(maps: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = maps.shape;
  const columns = tf.mul(tf.reshape(maps, [batch * height * width, 1, channels]), tf.ones([1, 2, 1])); // [BHW, 2, C]
  const rows = tf.mul(tf.reshape(columns, [batch * height, 1, 2 * width * channels]), tf.ones([1, 2, 1])); // [BH, 2, 2WC]
  return tf.reshape(rows, [batch, 2 * height, 2 * width, channels]);
}
