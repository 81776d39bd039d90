// What an encoder can be asked for, and what it returns.

import * as tf from '@tensorflow/tfjs-core';

/** Options of one pass. Those that change from step to step are tensors, so that a compiled step can take them. */
export interface PassOptions {
  /** [B, N] 0 or 1: where 1, `masked_embed` stands in place of the patch, before its position is added (iBOT). Needs `maskToken`. */
  hidden?: tf.Tensor2D;
  /** [2·depth, B], from `drawPathGains`: factors of the residual branches, image by image. Default: all 1. */
  pathGains?: tf.Tensor2D;
  /** Whether to return the attention of every block. Default false. */
  attention?: boolean;
  /** Whether to return the class token's query and the patches' keys of the last block. Default false. */
  lastBlock?: boolean;
}

export interface EncodeOptions extends PassOptions {
  /** [B, K] int32: the patches that the encoder may see, image by image. Default: all, in order. */
  visible?: tf.Tensor2D;
}

/** A type and not an interface, so that `tf.tidy` accepts it as a container of tensors. */
export type Encoding = {
  /** [B, D] */
  classToken: tf.Tensor2D;
  /** [B, K, D], in the order of `visible`. */
  patchTokens: tf.Tensor3D;
  /** One per block, [B, heads, 1 + K, 1 + K]; rows are queries and sum to 1. */
  attention?: tf.Tensor4D[];
  /** [B, D]: the class token's query of the last block, heads side by side. */
  classQuery?: tf.Tensor2D;
  /**
   * [B, K, D]: the patches' keys of the last block, heads side by side. On the D/heads columns of one head, the softmax of
   * query · key / sqrt(D/heads) over the patches is that head's class attention, without the share of the class token itself.
   */
  patchKeys?: tf.Tensor3D;
};

/** The class token's query [B, D] and the patches' keys [B, K, D] out of those of all tokens by head, [B, heads, 1 + K, D/heads]. */
export function classQueryAndPatchKeys(queries: tf.Tensor4D, keys: tf.Tensor4D): [tf.Tensor2D, tf.Tensor3D] {
  const [batchSize, heads, tokenCount, headWidth] = keys.shape;
  const ofClass = tf.slice(queries, [0, 0, 0, 0], [-1, -1, 1, -1]); // [B, heads, 1, D/heads]
  const ofPatches = tf.transpose(tf.slice(keys, [0, 0, 1, 0], [-1, -1, tokenCount - 1, -1]), [0, 2, 1, 3]);
  return [
    tf.reshape<tf.Rank.R2>(ofClass, [batchSize, heads * headWidth]),
    tf.reshape<tf.Rank.R3>(ofPatches, [batchSize, tokenCount - 1, heads * headWidth]),
  ];
}
