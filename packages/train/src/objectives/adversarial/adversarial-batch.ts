// What one round of the game takes in.

import type * as tf from '@tensorflow/tfjs-core';

/** Two views of the same images, augmented and normalized as the encoder wants them. A type, so that it is a record of tensors. */
export type AdversarialBatch = {
  /** [B, H, W, C] */
  first: tf.Tensor4D;
  /** [B, H, W, C] */
  second: tf.Tensor4D;
  /** [B, J] float32, 1 at the mask to use for an image and 0 elsewhere: the lightweight variant. Absent: all J masks. */
  chosen?: tf.Tensor2D;
};
