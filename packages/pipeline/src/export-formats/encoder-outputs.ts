// What an exported model gives for its images.

import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

/** A type and not an interface, so that it is a container of tensors. */
export type EncoderOutputs = {
  /** [B, D], after the final norm. */
  class_token: tf.Tensor2D;
  /** [B, N, D], row by row. */
  patch_tokens: tf.Tensor3D;
  /** [B, D]: the mean of the patch tokens. */
  mean_token: tf.Tensor2D;
};

export function encoderOutputs(encoder: ViTEncoder, images: tf.Tensor4D): EncoderOutputs {
  return tf.tidy(() => {
    const { classToken, patchTokens } = encoder.encode(images);
    return { class_token: classToken, patch_tokens: patchTokens, mean_token: tf.mean(patchTokens, 1) };
  });
}
