// What the class token looks at.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Attention of the class token to each patch, averaged over the heads: `attention` [B, heads, 1 + K, 1 + K] of one block
 * (usually the last) → [B, K]. Rows sum to 1 minus what the class token gives to itself.
 */
export function classAttention(attention: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => tf.mean<tf.Tensor2D>(headAttention(attention), 1));
}

/** `classAttention` head by head, [B, heads, 1 + K, 1 + K] → [B, heads, K]: what each head looks at. */
export function headAttention(attention: tf.Tensor4D): tf.Tensor3D {
  const remedy = 'pass one block of encode(…, { attention: true }).attention';
  assertShape('headAttention', 'attention', attention.shape, [null, null, null, null], remedy);
  const [batchSize, heads, , tokenCount] = attention.shape;
  return tf.tidy(() => {
    const ofClass = tf.slice(attention, [0, 0, 0, 1], [-1, -1, 1, tokenCount - 1]);
    return tf.reshape<tf.Rank.R3>(ofClass, [batchSize, heads, tokenCount - 1]);
  });
}
