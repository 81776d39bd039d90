// What goes into a step of part learning, and what is said about it.

import type * as tf from '@tensorflow/tfjs-core';

import type { StyleDraws } from './style-perturbation';

/** What the frozen encoder said about a batch, and the images. A type, not an interface: it passes as a tensor record. */
export type PartBatch = {
  /** F_c [B, C]. */
  classToken: tf.Tensor2D;
  /**
   * Asks for the parts in place of F_c in Eq. 1-2, [B, C], while the decoder keeps F_c of each image: one vector for all images
   * makes parts that mean the same in all. Default: `classToken`.
   */
  queryToken?: tf.Tensor2D;
  /** F [B, N, C], row-major, without the class token. */
  patchTokens: tf.Tensor3D;
  /** I [B, H, W, 3], mean/std-normalized, H x W as the decoder's output. */
  images: tf.Tensor4D;
  /** F_c of the images mirrored left to right, or what asks for their parts in its place, [B, C]: for `equivarianceWeight`, or to watch the term at weight 0. */
  mirroredClassToken?: tf.Tensor2D;
  /** F of the mirrored images, [B, N, C]. */
  mirroredPatchTokens?: tf.Tensor3D;
} & StyleDraws;

/** Scalars of a step, before their weights. */
export type PartMetrics = {
  /** L_rec: squared error averaged over pixels and channels; about the variance of the images at the start. */
  reconstruction: tf.Scalar;
  /** L_div, 0 .. (P - 1) / P. */
  diversity: tf.Scalar;
  /** Mean exp(entropy) of the softmax rows: patches per map, or parts per patch where the softmax runs over parts. */
  perplexity: tf.Scalar;
  /** Flip equivariance, where the batch has mirrored tokens. */
  equivariance?: tf.Scalar;
  /** Area balance, where its weight is not 0. */
  balance?: tf.Scalar;
  /** Feature consistency, where its weight is not 0; on standardized tokens at most about 1. */
  consistency?: tf.Scalar;
  /** Total variation, where its weight is not 0. */
  variation?: tf.Scalar;
  /** Share of the batch's patches that part 1 .. P wins. */
  [usage: `usage/${number}`]: tf.Scalar;
};
