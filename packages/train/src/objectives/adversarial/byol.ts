// BYOL: a predictor turns the embedding of one view into what a slowly following copy of the network says of the other.

import { assertInteger, assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { cosineBetween } from '../../schedules/cosine-between';
import { movingAverage } from '../../step/moving-average';
import { assertApart } from './assert-apart';
import { withoutGradient } from './detached';
import { meanCosine } from './mean-cosine';
import { multilayerPerceptron } from './multilayer-perceptron';
import { seededWeights } from './seeded-weights';
import type { ImageEmbedder, SiameseModel, SiameseTarget, ViewPair } from './siamese-model';

export interface BYOLOptions {
  /** The online network; begins as it is now. */
  embedder: ImageEmbedder;
  /** A second embedder of the same make, with weights of its own, which are set to those of `embedder` now. */
  target: ImageEmbedder;
  /** D of the embeddings. BYOL has 256. */
  width: number;
  /** Of the predictor. Default 4096, BYOL. */
  hiddenWidth?: number;
  /** Updates in the whole run, epochs · stepsPerEpoch: where `momentum` arrives. */
  totalSteps: number;
  /**
   * What the target keeps of itself in the first update and after the last, in [0, 1]; half a cosine lies between. Default 0.996 and 1, BYOL
   * ("Implementation details"): 1 - (1 - 0.996) (cos(π k / K) + 1) / 2 in the update that follows k of K.
   */
  momentum?: readonly [number, number];
  /** Of the predictor. Default 0. */
  seed?: number;
}

/** A model whose loss needs its target. */
export interface BYOL extends SiameseModel {
  readonly target: SiameseTarget;
  /** Frees the predictor; the two embedders stay. */
  dispose(): void;
}

/**
 * ‖q̄(z₁) - z̄′₂‖² + ‖q̄(z₂) - z̄′₁‖² = 4 - 2 cos(q(z₁), z′₂) - 2 cos(q(z₂), z′₁), a mean over images, in [0, 8]: z of the online network, z′ of
 * the target, a bar for length 1. Each view is predicted from the other, and target and online network see the same two: the
 * first whole, the second masked, as ADIOS does with BYOL. No gradient passes the target, to its weights or to the masks; it follows
 * by target ← τ · target + (1 - τ) · online. Without batch normalization, which BYOL has in projector and predictor.
 *
 * Reference: Grill et al., "Bootstrap Your Own Latent", §3.1, Eq. 2, https://arxiv.org/abs/2006.07733
 */
export function byol(options: BYOLOptions): BYOL {
  const { embedder, target, width, hiddenWidth = 4096, totalSteps, momentum = [0.996, 1], seed = 0 } = options;
  assertInteger('byol', 'width', width);
  assertInteger('byol', 'hiddenWidth', hiddenWidth);
  const [start, end] = momentum;
  for (const [place, value] of momentum.entries()) assertRange('byol', `momentum[${place}]`, value, 0, 1);
  const [ofEmbedder, ofTarget] = [embedder.variables(), target.variables()];
  assertApart('byol', 'embedder and target', ofEmbedder, ofTarget, 'build the same network twice'); // or it would be trained
  const average = movingAverage({
    variables: ofEmbedder,
    averages: ofTarget,
    decay: cosineBetween({ start, end, totalSteps }),
  });
  const weights = seededWeights('predictor', seed);
  const predict = multilayerPerceptron({ weights, name: 'mlp', widths: [width, hiddenWidth, width] });
  return {
    name: 'byol',
    masked: 'second',
    variables: () => [...embedder.variables(), ...weights.all()],
    embed: (images) => embedder.embed(images),
    target: { embed: withoutGradient((images: tf.Tensor4D) => target.embed(images)), average },
    loss(first, second, ofTarget = missing()) {
      return tf.tidy(() =>
        tf.add<tf.Scalar>(
          meanSquaredDistance(predict(first), ofTarget.second),
          meanSquaredDistance(predict(second), ofTarget.first),
        ),
      );
    },
    dispose: weights.dispose,
  };
}

/** Of rows at length 1: 2 - 2 cos. */
function meanSquaredDistance(prediction: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar {
  return tf.sub(2, tf.mul(2, meanCosine(prediction, target)));
}

function missing(): ViewPair {
  throw new SemmaeError({
    where: 'byol',
    requirement: 'loss must get the embeddings of the target',
    got: 'none',
    remedy: 'pass { first, second } of model.target.embed as the third argument',
  });
}
