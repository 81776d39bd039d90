// What an encoder can be asked for, and what it returns.

import * as tf from '@tensorflow/tfjs-core';

import type { PrefixTokens } from './prefix-tokens';

/** Options of one pass. Those that change from step to step are tensors, so that a compiled step can take them. */
export interface PassOptions {
  /** [B, N] 0 or 1: where 1, `masked_embed` stands in place of the patch, before its position is added (iBOT). Needs `maskToken`. */
  hidden?: tf.Tensor2D;
  /** [2·depth, B], from `drawPathGains`: factors of the residual branches, image by image. Default: all 1. */
  pathGains?: tf.Tensor2D;
  /** Whether to return the attention of every block. Default false. */
  attention?: boolean;
  /** Whether to return the tokens after every block. Default false. */
  blocks?: boolean;
  /** Whether to return the class token's query and the patches' keys of the last block. Default false. */
  lastBlock?: boolean;
}

export interface EncodeOptions extends PassOptions {
  /** [B, K] int32: the patches that the encoder may see, image by image. Default: all, in order. */
  visible?: tf.Tensor2D;
}

/** A type and not an interface, so that `tf.tidy` accepts it as a container of tensors. */
export type SplitTokens = {
  /** [B, D]. Where there is one. */
  classToken?: tf.Tensor2D;
  /** [B, D]. Where there is one. */
  distillationToken?: tf.Tensor2D;
  /** [B, registers, D]. Where there are some. */
  registerTokens?: tf.Tensor3D;
  /** [B, K, D], in the order of `visible`. */
  patchTokens: tf.Tensor3D;
};

export type Encoding = SplitTokens & {
  /**
   * [B, D]: one vector for the image, what a classifier behind the encoder reads. The class token; the mean of class and distillation
   * token; the mean of the patch tokens where there is no class token; that mean through `fc_norm` where `finalNorm` is `'pooled'`.
   */
  pooled: tf.Tensor2D;
  /** One per block, [B, heads, T, T]; rows are queries and sum to 1. */
  attention?: tf.Tensor4D[];
  /** One per block, [B, T, D]: the tokens that leave it, those of the prefix first, before the final norm. */
  blocks?: tf.Tensor3D[];
  /** [B, D]: the class token's query of the last block, heads side by side. Where there is a class token. */
  classQuery?: tf.Tensor2D;
  /**
   * [B, K, D]: the patches' keys of the last block, heads side by side. On the D/heads columns of one head, the softmax of
   * query · key / sqrt(D/heads) over the patches is that head's class attention, without the share of the tokens of the prefix.
   */
  patchKeys?: tf.Tensor3D;
};

/** The output of `apply`, `tokens` [B, T, D], by what they stand for; `prefix` is the encoder's. */
export function splitTokens(
  tokens: tf.Tensor3D,
  { count, classToken, distillationToken, registers }: PrefixTokens,
): SplitTokens {
  const [batchSize, tokenCount, width] = tokens.shape;
  const single = (index: number) =>
    tf.reshape<tf.Rank.R2>(tf.slice(tokens, [0, index, 0], [-1, 1, -1]), [batchSize, width]);
  return {
    ...(classToken && { classToken: single(0) }),
    ...(distillationToken && { distillationToken: single(1) }),
    ...(registers > 0 && { registerTokens: tf.slice(tokens, [0, count - registers, 0], [-1, registers, -1]) }),
    patchTokens: count === 0 ? tokens : tf.slice(tokens, [0, count, 0], [-1, tokenCount - count, -1]),
  };
}

/** The patches' keys [B, K, D] and, if there is one, the class token's query [B, D] out of those of all tokens by head, [B, heads, T, D/heads]. */
export function classQueryAndPatchKeys(
  queries: tf.Tensor4D,
  keys: tf.Tensor4D,
  { count, classToken }: PrefixTokens,
): tf.Tensor[] {
  const [batchSize, heads, tokenCount, headWidth] = keys.shape;
  const ofPatches = tf.transpose(tf.slice(keys, [0, 0, count, 0], [-1, -1, tokenCount - count, -1]), [0, 2, 1, 3]);
  const patchKeys = tf.reshape<tf.Rank.R3>(ofPatches, [batchSize, tokenCount - count, heads * headWidth]);
  if (!classToken) return [patchKeys];
  const ofClass = tf.slice(queries, [0, 0, 0, 0], [-1, -1, 1, -1]); // [B, heads, 1, D/heads]
  return [patchKeys, tf.reshape<tf.Rank.R2>(ofClass, [batchSize, heads * headWidth])];
}
