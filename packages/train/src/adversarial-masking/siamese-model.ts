// What adversarial masking needs to know of self-supervision: an embedding, and a loss between embeddings of two views.

import type * as tf from '@tensorflow/tfjs-core';

/** Encoder and projector: any function from images to embeddings, with its variables. */
export interface ImageEmbedder {
  /** The variables to train, in an order that is the same in every process. */
  variables(): tf.Variable[];
  /** [B, H, W, C] → [B, D]; each image by itself, since masked copies of a batch are embedded together (no batch normalisation). */
  embed(images: tf.Tensor4D): tf.Tensor2D;
}

export interface SiameseModel extends ImageEmbedder {
  readonly name: string;
  /** Which of the two views are masked. */
  readonly masked: 'second' | 'both';
  /** How little embeddings [B, D] of two views of the same images agree; row b of both is image b. A mean over images. */
  loss(first: tf.Tensor2D, second: tf.Tensor2D): tf.Scalar;
}
