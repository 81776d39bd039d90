// The patches of one part should have like features, in all images.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { SoftmaxAxis } from '../maps/attention-maps';

export interface FeatureConsistencyOptions {
  /** [B, P, N'] */
  maps: tf.Tensor3D;
  /** F, [B, N, C] */
  patchTokens: tf.Tensor3D;
  /** Along which axis the maps sum to 1. */
  softmaxAxis: SoftmaxAxis;
  /** Where N' is not N: means over the cells of each patch, [B, P, N'] -> [B, P, N]. */
  toTokenGrid?: (shares: tf.Tensor3D) => tf.Tensor3D;
}

/**
 * Mean over images b and patches n of sum_p A_bpn |f_bn - c_p|^2 / C, where A are the shares of the parts in a patch and
 * c_p = sum_bn A_bpn f_bn / sum_bn A_bpn is the center of a part in the batch, through which gradients flow. 0 when all patches of
 * a part are alike; one part for everything has the mean variance of a channel, 1 for standardized tokens.
 *
 * Maps over parts are shares as they are; maps over positions are divided by their sum at each patch. Where maps are finer than
 * the tokens, the share of a patch is the mean over its cells, so that no features have to be interpolated.
 *
 * Reference: the visual consistency of Choudhury et al., "Unsupervised Part Discovery from Contrastive Reconstruction",
 * https://arxiv.org/abs/2111.06349: the variance of the features of each part, there within an image. Centers of the whole batch
 * are ours; with them a part means the same in all images. SemMAE has no such term.
 */
export function featureConsistencyLoss(options: FeatureConsistencyOptions): tf.Scalar {
  const { maps, patchTokens, softmaxAxis, toTokenGrid } = options;
  const [batch, patchCount, channels] = patchTokens.shape;
  return tf.tidy(() => {
    // 1e-9 on maps of about 1 / N: only patches that no map sees, which softmax does not make, would notice.
    const shares = softmaxAxis === 'parts' ? maps : tf.div<tf.Tensor3D>(maps, tf.add(tf.sum(maps, 1, true), 1e-9));
    const ofPatches = toTokenGrid ? toTokenGrid(shares) : shares; // A [B, P, N]
    const partCount = maps.shape[1];
    assertShape('featureConsistencyLoss', 'maps', ofPatches.shape, [batch, partCount, patchCount]);
    const weights = tf.reshape(tf.transpose(ofPatches, [1, 0, 2]), [partCount, batch * patchCount]) as tf.Tensor2D;
    const tokens = tf.reshape(patchTokens, [batch * patchCount, channels]) as tf.Tensor2D;
    // Around their mean, where the difference below loses no digits.
    const centered = tf.sub<tf.Tensor2D>(tokens, tf.mean(tokens, 0, true));
    const masses = tf.sum(weights, 1); // [P]
    const sums = tf.matMul(weights, centered); // m_p c_p [P, C]
    // sum_n A |f|^2 - 2 c (sum_n A f) + m |c|^2 = sum_n A |f|^2 - |m c|^2 / m, as c is the mean
    const total = tf.sum(tf.mul(tf.sum(weights, 0), tf.sum(tf.square(centered), 1)));
    const explained = tf.sum(tf.div(tf.sum(tf.square(sums), 1), tf.add(masses, 1e-9)));
    return tf.mul(tf.sub(total, explained), 1 / (batch * patchCount * channels)) as tf.Scalar;
  });
}
