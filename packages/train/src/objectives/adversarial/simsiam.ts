// SimSiam: a predictor turns the embedding of one view into that of the other, which stands still.

import { assertInteger } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { detached } from './detached';
import { meanCosine } from './mean-cosine';
import { multilayerPerceptron } from './multilayer-perceptron';
import { seededWeights } from './seeded-weights';
import type { ImageEmbedder, SiameseModel } from './siamese-model';

export interface SimSiamOptions {
  embedder: ImageEmbedder;
  /** D of the embeddings. */
  width: number;
  /** Of the predictor. Default a quarter of `width`, SimSiam. */
  hiddenWidth?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * -½ cos(p(z₁), z₂) - ½ cos(p(z₂), z₁), no gradient through the second factors. Masks both views, each with its own maps, as ADIOS
 * does with SimSiam. Without batch normalization, which SimSiam has in projector and predictor.
 *
 * Reference: Chen & He, "Exploring Simple Siamese Representation Learning", Eq. 4, https://arxiv.org/abs/2011.10566
 */
export function simsiam({
  embedder,
  width,
  hiddenWidth = Math.ceil(width / 4),
  seed = 0,
}: SimSiamOptions): SiameseModel & {
  /** Frees the predictor; the embedder stays. */
  dispose(): void;
} {
  assertInteger('simsiam', 'width', width);
  assertInteger('simsiam', 'hiddenWidth', hiddenWidth);
  const weights = seededWeights('predictor', seed);
  const predict = multilayerPerceptron({ weights, name: 'mlp', widths: [width, hiddenWidth, width] });
  return {
    name: 'simsiam',
    masked: 'both',
    variables: () => [...embedder.variables(), ...weights.all()],
    embed: (images) => embedder.embed(images),
    loss: (first, second) =>
      tf.tidy(() => {
        const ofSecond = meanCosine(predict(first), detached(second));
        const ofFirst = meanCosine(predict(second), detached(first));
        return tf.mul<tf.Scalar>(tf.add(ofSecond, ofFirst), -0.5);
      }),
    dispose: weights.dispose,
  };
}
