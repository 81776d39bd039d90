// Somebody else's way to cut images into patches: channels first, patches last.

import * as tf from '@tensorflow/tfjs-core';

/** `images` [B, 1, H, W] → [B, P, N]: the P = size² pixels of each of N patches, patches row by row. */
export function patchify(images: tf.Tensor4D, size: number): tf.Tensor3D {
  const [batchSize, , height, width] = images.shape;
  const [rows, columns] = [height / size, width / size];
  const cut = tf.reshape(images, [batchSize, rows, size, columns, size]);
  return tf.reshape(tf.transpose(cut, [0, 2, 4, 1, 3]), [batchSize, size * size, rows * columns]);
}
