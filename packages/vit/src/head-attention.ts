// What each head of the class token looks at.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Attention of the class token to each patch, head by head: `attention` [B, heads, 1 + K, 1 + K] of one block (usually the last)
 * → [B, heads, K]. Rows sum to 1 minus what the class token gives to itself.
 */
export function headAttention(attention: tf.Tensor4D): tf.Tensor3D {
  assertShape(
    'headAttention',
    'attention',
    attention.shape,
    [null, null, null, null],
    'pass one block of encode(…, { attention: true }).attention',
  );
  const [batchSize, heads, , tokenCount] = attention.shape;
  return tf.tidy(() =>
    tf.reshape<tf.Rank.R3>(tf.slice(attention, [0, 0, 0, 1], [-1, -1, 1, tokenCount - 1]), [
      batchSize,
      heads,
      tokenCount - 1,
    ]),
  );
}
