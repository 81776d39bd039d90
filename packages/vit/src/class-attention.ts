// What the class token looks at.

import { assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { PrefixTokens } from './prefix-tokens';

/** What is in front of the patches: `prefix` of the encoder. Default: a class token and nothing else. */
type Prefix = Pick<PrefixTokens, 'count' | 'classToken'>;
const classTokenOnly: Prefix = { count: 1, classToken: true };

/**
 * Attention of the class token to each patch, averaged over the heads: `attention` [B, heads, T, T] of one block
 * (usually the last) → [B, K]. Rows sum to 1 minus what the class token gives to the tokens of the prefix.
 */
export function classAttention(attention: tf.Tensor4D, prefix: Prefix = classTokenOnly): tf.Tensor2D {
  return tf.tidy(() => tf.mean<tf.Tensor2D>(headAttention(attention, prefix), 1));
}

/** `classAttention` head by head, [B, heads, T, T] → [B, heads, K]: what each head looks at. */
export function headAttention(attention: tf.Tensor4D, { count, classToken }: Prefix = classTokenOnly): tf.Tensor3D {
  const remedy = 'pass one block of encode(…, { attention: true }).attention';
  assertShape('headAttention', 'attention', attention.shape, [null, null, null, null], remedy);
  if (!classToken) {
    const requirement = 'the encoder must have a class token, whose attention this is';
    throw new SemmaeError({ where: 'headAttention', requirement, got: 'classToken: false' });
  }
  const [batchSize, heads, , tokenCount] = attention.shape;
  return tf.tidy(() => {
    const ofClass = tf.slice(attention, [0, 0, 0, count], [-1, -1, 1, tokenCount - count]);
    return tf.reshape<tf.Rank.R3>(ofClass, [batchSize, heads, tokenCount - count]);
  });
}
