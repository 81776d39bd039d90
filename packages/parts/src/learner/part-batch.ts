// The batch of a part-learning step, and its metrics.

import type * as tf from '@tensorflow/tfjs-core';

import type { StyleDraws } from './style-perturbation';

/** The frozen encoder's tokens of a batch, and its images. A type and not an interface, so that it is a record of tensors. */
export type PartBatch = {
  /** F_c [B, C]. */
  classToken: tf.Tensor2D;
  /**
   * Replaces F_c in Eq. 1-2, [B, C]; the decoder still gets F_c of each image. With one vector for all images, parts mean the same
   * in all of them. Default: `classToken`.
   */
  queryToken?: tf.Tensor2D;
  /** F [B, N, C], row-major, without the class token. */
  patchTokens: tf.Tensor3D;
  /**
   * Where parts are learned on K kept patches of each image: the patch of each token, one-hot, [B, K, N]. F is then [B, K, C]. Needed
   * with `keptCount`.
   */
  places?: tf.Tensor3D;
  /** I [B, H, W, channels], mean/std-normalized, in size and channels as the decoder's output. */
  images: tf.Tensor4D;
  /** F_c of the images mirrored left to right, or their query token, [B, C]. Needed by `equivarianceWeight`; at weight 0 the term is reported only. */
  mirroredClassToken?: tf.Tensor2D;
  /** F of the mirrored images, [B, N, C], or [B, K, C]. */
  mirroredPatchTokens?: tf.Tensor3D;
  /** As `places`, of the mirrored images. */
  mirroredPlaces?: tf.Tensor3D;
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
