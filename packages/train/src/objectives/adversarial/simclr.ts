// SimCLR: of all views of a batch, a view shall be nearest to the other view of its image.

import { assertRange, assertShape, SemmaeError } from '@semmae/core';
import { l2Normalize } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { ImageEmbedder, SiameseModel } from './siamese-model';

/** Added to a view's product with itself, so that it is no candidate: its share exp(-1e9) is zero. */
const excluded = -1e9;

export interface SimCLROptions {
  embedder: ImageEmbedder;
  /** > 0. Default 0.2, MoCo v2; SimCLR itself 0.1 to 0.5. */
  temperature?: number;
}

/** Masks the second view only, as ADIOS does with SimCLR. */
export function simclr({ embedder, temperature = 0.2 }: SimCLROptions): SiameseModel {
  assertRange('simclr', 'temperature', temperature, Number.MIN_VALUE, Number.MAX_VALUE);
  return {
    name: 'simclr',
    masked: 'second',
    variables: () => embedder.variables(),
    embed: (images) => embedder.embed(images),
    loss: (first, second) => normalizedCrossEntropy(first, second, temperature),
  };
}

/**
 * NT-Xent: the mean over the 2B views i of -ln( exp(cos(zᵢ, zⱼ) / T) / Σ_{k ≠ i} exp(cos(zᵢ, zₖ) / T) ), j the other view of i's
 * image. Embeddings [B, D] of either view, of any length; B at least 2.
 *
 * Reference: Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", Eq. 1,
 * https://arxiv.org/abs/2002.05709
 */
export function normalizedCrossEntropy(first: tf.Tensor2D, second: tf.Tensor2D, temperature: number): tf.Scalar {
  const [batchSize] = first.shape;
  assertShape('simclr', 'second', second.shape, first.shape, 'embed both views of the same images');
  if (batchSize < 2) {
    throw new SemmaeError({
      where: 'simclr',
      requirement: 'a batch must hold at least 2 images to tell apart',
      got: batchSize,
      remedy: 'make batches larger, or drop the last',
    });
  }
  return tf.tidy(() => {
    const views = l2Normalize(tf.concat2d([first, second], 0)); // [2B, D]
    const logits = tf.div<tf.Tensor2D>(tf.matMul(views, views, false, true), temperature); // [2B, 2B]
    const others = tf.add(logits, tf.mul(tf.eye(2 * batchSize), excluded));
    const [one, other] = tf.split(views, 2, 0) as [tf.Tensor2D, tf.Tensor2D];
    const agreement = tf.div(tf.sum(tf.mul(one, other), 1), temperature); // [B], counts for both views
    return tf.sub<tf.Scalar>(tf.mean(tf.logSumExp(others, 1)), tf.mean(agreement));
  });
}
