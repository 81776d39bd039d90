// What the class token looks at.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Attention of the class token to each patch, averaged over the heads: `attention` [B, heads, 1 + K, 1 + K] of one block
 * (usually the last) → [B, K]. Rows sum to 1 minus what the class token gives to itself.
 */
export function classAttention(attention: tf.Tensor4D): tf.Tensor2D {
  assertShape(
    'classAttention',
    'attention',
    attention.shape,
    [null, null, null, null],
    'pass one block of encode(…, { attention: true }).attention',
  );
  const patchCount = attention.shape[3] - 1;
  return tf.tidy(() =>
    tf.squeeze<tf.Tensor2D>(tf.mean(tf.slice(attention, [0, 0, 0, 1], [-1, -1, 1, patchCount]), 1), [1]),
  );
}
