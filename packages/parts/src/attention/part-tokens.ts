// Part tokens: the class token with its channels re-weighted once per part.

import * as tf from '@tensorflow/tfjs-core';

export interface PartGates {
  /** W_c1 of all parts side by side, [C, P * h]. */
  input: tf.Tensor2D;
  /** W_c2 of every part, [P, h, C]. */
  output: tf.Tensor3D;
  /** Added before the sigmoid, [P, C]. The paper has none; 'heads' initialization needs one. */
  bias?: tf.Tensor2D;
}

/**
 * F_p^(i) = F_c ∘ sigmoid(W_c2^(i) tanh(W_c1^(i) F_c)).
 *
 * Reference: SemMAE Eq. 1, https://arxiv.org/abs/2206.10207
 *
 * @param classToken F_c, [B, C]
 * @returns F_p, [B, P, C]
 */
export function partTokens(classToken: tf.Tensor2D, { input, output, bias }: PartGates): tf.Tensor3D {
  const [batch, channels] = classToken.shape;
  const [partCount, hiddenWidth] = output.shape;
  return tf.tidy(() => {
    const hidden = tf.reshape(tf.tanh(tf.matMul(classToken, input)), [batch, partCount, hiddenWidth]);
    const logits = tf.transpose(tf.matMul(tf.transpose(hidden, [1, 0, 2]), output), [1, 0, 2]); // [B, P, C]
    const gates = tf.sigmoid(bias === undefined ? logits : tf.add(logits, bias));
    return tf.mul(tf.reshape(classToken, [batch, 1, channels]), gates);
  });
}
