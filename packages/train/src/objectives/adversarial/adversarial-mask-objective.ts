// The mask network's side of the game: to hide what the encoder needs, with masks that are neither empty nor full.

import { assertRange } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { Objective } from '../../step/objective';
import type { AdversarialBatch } from './adversarial-batch';
import type { AdversarialPlayers } from './adversarial-encoder-objective';
import { siameseLoss, viewMasks } from './siamese-loss';
import { negativeSizeEntropy } from './size-entropy';
import { sparsityPenalty } from './sparsity-penalty';

export interface AdversarialMaskObjectiveOptions extends AdversarialPlayers {
  /** α of the sparsity penalty, at least 0. Default 1, ADIOS; its scripts use 0 to 1.7. */
  penaltyWeight?: number;
  /** Weight of `negativeSizeEntropy`, which is maximized: positive rewards unequal sizes. Default 0, ADIOS. */
  entropyWeight?: number;
}

/**
 * Maximizes Σₙ [ Lₙ - α · mean 1 / (sin(π sₙ) + 1e-10) ] over the mask network's variables, the encoder frozen; its loss is the
 * negative of that. The penalty counts all J masks even where one is chosen for each image; where both views are masked it is the
 * mean over both.
 *
 * Metrics: `siameseLoss` (Σₙ Lₙ), `penalty`, `smallestMask` and `largestMask` (shares of the image, means over the batch; 0 and 1 are a
 * collapse) and `maskSharpness` (what the strongest mask of a pixel takes of it: 1 / J is no mask at all, 1 a hard one).
 */
export function adversarialMaskObjective({
  model,
  masks: network,
  penaltyWeight = 1,
  entropyWeight = 0,
}: AdversarialMaskObjectiveOptions): Objective<AdversarialBatch> {
  const where = 'adversarialMaskObjective';
  assertRange(where, 'penaltyWeight', penaltyWeight, 0, Number.MAX_VALUE);
  assertRange(where, 'entropyWeight', entropyWeight, -Number.MAX_VALUE, Number.MAX_VALUE);
  return {
    name: `adversarial-masks-${model.name}`,
    variables: () => network.variables(),
    loss(batch) {
      const masks = viewMasks(model, network, batch);
      const all = masks.first === undefined ? masks.second : tf.concat4d([masks.first, masks.second], 0);
      const shares = tf.mean<tf.Tensor2D>(all, [1, 2]); // [B, J]
      const disagreement = siameseLoss(model, batch, masks);
      const penalty = sparsityPenalty(shares);
      let loss = tf.sub<tf.Scalar>(tf.mul(penalty, penaltyWeight), disagreement);
      if (entropyWeight !== 0) loss = tf.sub(loss, tf.mul(negativeSizeEntropy(shares), entropyWeight));
      const meanShares = tf.mean(shares, 0); // [J]
      const metrics: Record<string, tf.Scalar> = {
        siameseLoss: disagreement,
        penalty,
        smallestMask: tf.min(meanShares),
        largestMask: tf.max(meanShares),
        maskSharpness: tf.mean(tf.max(all, 3)),
      };
      return { loss, metrics };
    },
  };
}
