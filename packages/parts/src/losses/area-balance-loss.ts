// Every part should own some of the patches: the pull that keeps parts from dying.

import * as tf from '@tensorflow/tfjs-core';

import { logProbability } from './log-probability';

/**
 * KL(u || uniform) = log P - H(u) of the mean share u [P] of patches that each part has over the batch: 0 when all parts are
 * equally large on average, log P when one has everything.
 *
 * A patch is shared out in proportion to the maps there. Maps over positions sum to 1 even for a part that wins nowhere, so
 * shares are taken patch by patch, for either softmax axis.
 *
 * @param maps [B, P, N]
 */
export function areaBalanceLoss(maps: tf.Tensor3D): tf.Scalar {
  const partCount = maps.shape[1];
  return tf.tidy(() => {
    // 1e-12 on maps of about 1 / N: only patches that no map sees, which softmax does not make, would notice.
    const shares = tf.div(maps, tf.add(tf.sum(maps, 1, true), 1e-12)); // [B, P, N]
    const usage = tf.mean(shares, [0, 2]); // [P]
    return tf.sum(tf.mul(usage, tf.add(logProbability(usage), Math.log(partCount)))) as tf.Scalar;
  });
}
