// What adversarial masking needs to know of self-supervision: an embedding, and a loss between embeddings of two views.

import type * as tf from '@tensorflow/tfjs-core';

import type { MovingAverage } from '../../step/moving-average';

/** Encoder and projector: any function from images to embeddings, with its variables. */
export interface ImageEmbedder {
  /** The variables to train, in an order that is the same in every process. */
  variables(): tf.Variable[];
  /** [B, H, W, C] → [B, D]; each image by itself, since masked copies of a batch are embedded together (no batch normalization). */
  embed(images: tf.Tensor4D): tf.Tensor2D;
}

/** Embeddings [B, D] of two views of the same images; row b of both is image b. */
export interface ViewPair {
  first: tf.Tensor2D;
  second: tf.Tensor2D;
}

/** A network that is not trained but follows the trained one, such as BYOL's. */
export interface SiameseTarget {
  /** As that of the model, of the same views; no gradient passes it. */
  embed(images: tf.Tensor4D): tf.Tensor2D;
  /** Its weights, which are state of the run: updated after each update of the model, saved in checkpoints. */
  readonly average: MovingAverage;
}

export interface SiameseModel extends ImageEmbedder {
  readonly name: string;
  /** Which of the two views are masked. */
  readonly masked: 'second' | 'both';
  /** Whose embeddings of the views `loss` gets besides. Absent: the model has none. */
  readonly target?: SiameseTarget;
  /** How little embeddings [B, D] of two views of the same images agree; row b of both is image b. A mean over images. */
  loss(first: tf.Tensor2D, second: tf.Tensor2D, ofTarget?: ViewPair): tf.Scalar;
}
