// What a step of masked reconstruction takes in.

import { assertShape } from '@semmae/core';
import type { MaskBatch } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';

/** Images already normalized by mean and standard deviation, and which of their patches are hidden. */
export interface MaskedImageBatch {
  /** [B, H, W, C] float32. */
  images: tf.Tensor4D;
  /** [B, K] int32, the patches that the encoder sees. */
  visible: tf.Tensor2D;
  /** [B, M] int32, the patches to reconstruct; disjoint from `visible`. */
  masked: tf.Tensor2D;
}

/** Joins `images` [B, H, W, C] with the masks of `maskBatch`. The images are taken over, not copied. */
export function maskedImageBatch(images: tf.Tensor4D, masks: MaskBatch): MaskedImageBatch {
  const { batchSize, visibleCount, maskedCount } = masks;
  assertShape('maskedImageBatch', 'images', images.shape, [batchSize, null, null, null], 'sample one mask per image');
  return {
    images,
    visible: tf.tensor2d(masks.visible, [batchSize, visibleCount], 'int32'),
    masked: tf.tensor2d(masks.masked, [batchSize, maskedCount], 'int32'),
  };
}
