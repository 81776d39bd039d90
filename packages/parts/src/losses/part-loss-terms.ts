// Eq. 7 and the optional terms beside it.

import { assertRange, type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PartMetrics } from '../learner/part-batch';
import { mapPerplexity } from '../maps/map-perplexity';
import { mapUsage } from '../maps/map-usage';
import { areaBalanceLoss } from './area-balance-loss';
import { diversityLoss } from './diversity-loss';
import { type FeatureConsistencyOptions, featureConsistencyLoss } from './feature-consistency-loss';
import { type FlipEquivarianceOptions, flipEquivarianceLoss } from './flip-equivariance-loss';
import { totalVariationLoss } from './total-variation-loss';

export interface PartLossWeights {
  /** lambda of Eq. 7. Default 0.03 (SemMAE §4.1), for a reconstruction error averaged over pixels and channels. */
  diversityWeight?: number;
  /** Of the difference between maps and mirrored maps; the batch must carry the mirrored tokens. Default 0. */
  equivarianceWeight?: number;
  /** Of the pull towards equally large parts. Default 0; for trainings in which parts die. */
  balanceWeight?: number;
  /** Of the variance of the patch tokens within a part, over the images of a batch. Default 0. */
  consistencyWeight?: number;
  /** Of the total variation of the maps, scaled so that an average patch has 1 (1 / P for the axis 'parts'). Default 0. */
  variationWeight?: number;
}

export function checkLossWeights(weights: PartLossWeights): Required<PartLossWeights> {
  const { diversityWeight = 0.03, equivarianceWeight = 0, balanceWeight = 0 } = weights;
  const { consistencyWeight = 0, variationWeight = 0 } = weights;
  const complete = { diversityWeight, equivarianceWeight, balanceWeight, consistencyWeight, variationWeight };
  for (const [name, value] of Object.entries(complete)) assertRange('partLearner', name, value, 0, Number.MAX_VALUE);
  return complete;
}

export interface PartLossOptions extends FeatureConsistencyOptions {
  reconstruction: tf.Scalar;
  /** Before the blur, [B, P, N]. */
  maps: tf.Tensor3D;
  /** On the map grid, [B, P, N]. */
  mirroredMaps?: tf.Tensor3D;
  mapGrid: PatchGrid;
  /** Where maps are of kept patches alone, [B, P, K]: the same on the map grid, 0 elsewhere; and where patches are kept. */
  scattered?: { maps: tf.Tensor3D; kept?: FlipEquivarianceOptions['kept'] };
  /** Factor that makes the level of the maps independent of N. */
  gain: number;
  weights: Required<PartLossWeights>;
}

/** The weighted sum and every term that is active, and usage and perplexity of the maps. */
export function addLossTerms(options: PartLossOptions): { loss: tf.Scalar; metrics: PartMetrics } {
  const { reconstruction, maps, mirroredMaps, mapGrid, scattered = { maps }, softmaxAxis, gain, weights } = options;
  const { diversityWeight, equivarianceWeight, balanceWeight, consistencyWeight, variationWeight } = weights;
  const diversity = diversityLoss(maps);
  const rows = softmaxAxis === 'positions' ? maps : (tf.transpose(maps, [0, 2, 1]) as tf.Tensor3D);
  const metrics: PartMetrics = { reconstruction, diversity, perplexity: mapPerplexity(rows) };
  let loss = tf.add(reconstruction, tf.mul(diversity, diversityWeight)) as tf.Scalar;
  const add = (term: tf.Scalar, weight: number) => {
    if (weight > 0) loss = tf.add(loss, tf.mul(term, weight));
    return term;
  };
  if (mirroredMaps) {
    const term = flipEquivarianceLoss({ ...scattered, mirroredMaps, grid: mapGrid, softmaxAxis });
    metrics.equivariance = add(term, equivarianceWeight);
  } else if (equivarianceWeight > 0) {
    throw new SemmaeError({
      where: 'partLearner.loss',
      requirement: 'equivarianceWeight needs mirroredClassToken and mirroredPatchTokens in the batch',
      got: 'none',
      remedy: 'encode the mirrored images too',
    });
  }
  if (balanceWeight > 0) metrics.balance = add(areaBalanceLoss(maps), balanceWeight);
  if (consistencyWeight > 0) metrics.consistency = add(featureConsistencyLoss(options), consistencyWeight);
  if (variationWeight > 0) {
    metrics.variation = add(tf.mul(totalVariationLoss(scattered.maps, mapGrid), gain), variationWeight);
  }
  tf.unstack(mapUsage(maps)).forEach((share, part) => {
    metrics[`usage/${part + 1}`] = share as tf.Scalar;
  });
  return { loss, metrics };
}
