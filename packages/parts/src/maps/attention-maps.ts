// Part attention maps: how much each patch token is like each part token.

import * as tf from '@tensorflow/tfjs-core';

/** `positions`: each map sums to 1 over the patches. `parts`: each patch's scores sum to 1 over the parts. */
export type SoftmaxAxis = 'positions' | 'parts';

export interface AttentionMapOptions {
  /** F_p, [B, P, C]. */
  partTokens: tf.Tensor3D;
  /** F, [B, N, C]. */
  patchTokens: tf.Tensor3D;
  /** W_p for the part tokens, [d, C]. */
  queryProjection: tf.Tensor2D;
  /** The same matrix in the paper's formula; another one for an un-shared projection. [d, C]. */
  keyProjection: tf.Tensor2D;
  /** Factor on the logits; a scalar tensor where it is trained. */
  temperature: number | tf.Scalar;
  softmaxAxis: SoftmaxAxis;
  /** Takes the logits [B, P, N] to the grid of the maps, before the softmax. Default: they stay on that of the tokens. */
  upsample?: (logits: tf.Tensor3D) => tf.Tensor3D;
}

/**
 * Maps = softmax(temperature * F_p^T W_p^T W_p F).
 *
 * Both matrices act on the P part tokens, which leaves the N patch tokens alone: P d instead of N d rows to project.
 *
 * Reference: SemMAE Eq. 2, https://arxiv.org/abs/2206.10207
 *
 * @returns the maps M of the paper, [B, P, N]; [B, P, N'] with `upsample`
 */
export function attentionMaps(options: AttentionMapOptions): tf.Tensor3D {
  const { partTokens, patchTokens, queryProjection, keyProjection, temperature, softmaxAxis, upsample } = options;
  const [batch, partCount, channels] = partTokens.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(partTokens, [batch * partCount, channels]) as tf.Tensor2D;
    const embedded = tf.matMul(tf.matMul(flat, queryProjection, false, true), keyProjection); // [B*P, C]
    const queries = tf.reshape(tf.mul(embedded, temperature), [batch, partCount, channels]);
    if (upsample) {
      const logits = upsample(tf.matMul(queries, patchTokens, false, true) as tf.Tensor3D); // [B, P, N']
      return softmaxAxis === 'positions' ? tf.softmax(logits) : overParts(tf.transpose(logits, [0, 2, 1]));
    }
    if (softmaxAxis === 'positions') return tf.softmax(tf.matMul(queries, patchTokens, false, true) as tf.Tensor3D);
    return overParts(tf.matMul(patchTokens, queries, false, true) as tf.Tensor3D);
  });
}

/** [B, N, P] -> [B, P, N]; tfjs has no softmax over another axis than the last. */
function overParts(scores: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(tf.softmax(scores), [0, 2, 1]);
}
