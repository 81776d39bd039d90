// What an exported model gives for its images.

import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

/** A type and not an interface, so that it is a container of tensors. */
export type EncoderOutputs = {
  /** [B, D]. Where there is one. */
  class_token?: tf.Tensor2D;
  /** [B, N, D], row by row. */
  patch_tokens: tf.Tensor3D;
  /** [B, D]: the mean of the patch tokens. */
  mean_token: tf.Tensor2D;
  /** [B, registers, D]. Where there are some. */
  register_tokens?: tf.Tensor3D;
  /** [B, D]: `pooled` of the encoder, where that is neither class token nor mean. */
  pooled?: tf.Tensor2D;
};

export function encoderOutputs(encoder: ViTEncoder, images: tf.Tensor4D): EncoderOutputs {
  return tf.tidy(() => {
    const { classToken, patchTokens, registerTokens, pooled } = encoder.encode(images);
    const pooledAnew = encoder.finalNorm === 'pooled' || encoder.prefix.distillationToken;
    return {
      ...(classToken && { class_token: classToken }),
      ...{ patch_tokens: patchTokens, mean_token: tf.mean<tf.Tensor2D>(patchTokens, 1) },
      ...(registerTokens && { register_tokens: registerTokens }),
      ...(pooledAnew && { pooled }),
    };
  });
}
