// Weights with which Eq. 1-2 start as the heads of the encoder's own attention.

import * as tf from '@tensorflow/tfjs-core';

/** `opening` on the i-th of P equal channel blocks of part i, -`opening` elsewhere: [P, C]. */
export function headGateBias(channels: number, partCount: number, opening: number): tf.Tensor2D {
  const block = channels / partCount;
  const bias = Array.from({ length: partCount }, (_, part) =>
    Array.from({ length: channels }, (_, channel) => (Math.floor(channel / block) === part ? opening : -opening)),
  );
  return tf.tensor2d(bias);
}

/** A multiple of the identity such that temperature * W_p^T W_p = I / sqrt(head width), the scale of head attention. */
export function headProjection(channels: number, partCount: number, temperature: number): tf.Tensor2D {
  const scale = Math.sqrt(1 / (temperature * Math.sqrt(channels / partCount)));
  return tf.tidy(() => tf.mul(tf.eye(channels), scale));
}
