// Multi-head self-attention over all tokens of an image.

import * as tf from '@tensorflow/tfjs-core';

import { linear } from './linear';
import type { ReadWeight } from './seeded-layer';

export interface AttentionShape {
  batchSize: number;
  /** T, prefix tokens included. */
  tokenCount: number;
  heads: number;
  /** Whether there is a weight `qkv.bias`. */
  qkvBias: boolean;
  /** Q: how many tokens of each image get an output, counted from the last. Default T. */
  queryCount?: number;
}

export interface SelfAttention {
  /** [B·Q, D] */
  output: tf.Tensor2D;
  /** [B, heads, Q, T], rows (the queries) sum to 1. */
  attention: tf.Tensor4D;
  /** [B, heads, T, D/heads], before the factor 1 / sqrt(D/heads). */
  queries: tf.Tensor4D;
  /** [B, heads, T, D/heads] */
  keys: tf.Tensor4D;
}

/**
 * softmax(q·kᵀ / sqrt(D/heads))·v for each head, then one projection.
 *
 * `x` is [B·T, D]. The kernel `qkv` [D, 3D] holds q, k and v side by side, each as heads of D/heads contiguous columns, as in timm.
 *
 * Reference: Vaswani et al., "Attention Is All You Need", §3.2, https://arxiv.org/abs/1706.03762
 */
export function selfAttention(
  x: tf.Tensor2D,
  weight: ReadWeight,
  { batchSize, tokenCount, heads, qkvBias, queryCount = tokenCount }: AttentionShape,
): SelfAttention {
  const width = x.shape[1];
  const headWidth = width / heads;
  const qkv = linear(x, weight('qkv.kernel'), qkvBias ? weight('qkv.bias') : undefined); // [B·T, 3D]
  // One transpose for all three, before the split: whole heads are then contiguous.
  const byHead = tf.transpose(tf.reshape(qkv, [batchSize, tokenCount, 3 * heads, headWidth]), [0, 2, 1, 3]); // [B, 3·heads, T, D/heads]
  const [queries, keys, values] = tf.split(byHead, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]; // each [B, heads, T, D/heads]
  // The factor stands right at the product, where ONNX Runtime folds it into the product's own scale, forward and backward.
  const logits = tf.matMul(tf.mul(lastOnAxis(queries, 2, queryCount), headWidth ** -0.5), keys, false, true); // [B, heads, Q, T]
  const attention = tf.softmax(logits as tf.Tensor4D);
  const mixed = tf.matMul(attention, values); // [B, heads, Q, D/heads]
  const joined = tf.reshape<tf.Rank.R2>(tf.transpose(mixed, [0, 2, 1, 3]), [batchSize * queryCount, width]);
  return { output: linear(joined, weight('proj.kernel'), weight('proj.bias')), attention, queries, keys };
}

/** The last `count` positions of `x` on `axis`. */
export function lastOnAxis<T extends tf.Tensor>(x: T, axis: number, count: number): T {
  if (count === x.shape[axis]) return x;
  const begin = x.shape.map((size, other) => (other === axis ? size - count : 0));
  return tf.slice(x as tf.Tensor, begin, x.shape.with(axis, count)) as T;
}
