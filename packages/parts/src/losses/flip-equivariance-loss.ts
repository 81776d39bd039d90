// Maps should follow the image when it is mirrored.

import { assertShape, type PatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { SoftmaxAxis } from '../maps/attention-maps';
import { logProbability } from './log-probability';

export interface FlipEquivarianceOptions {
  /** Maps of the images as they are, [B, P, N]. */
  maps: tf.Tensor3D;
  /** Maps of the same images mirrored left to right, [B, P, N]. */
  mirroredMaps: tf.Tensor3D;
  grid: PatchGrid;
  /** Along which axis the maps sum to 1. */
  softmaxAxis: SoftmaxAxis;
}

/**
 * Symmetric Kullback-Leibler divergence (KL(a || b) + KL(b || a)) / 2 between the maps and the mirrored maps mirrored back,
 * averaged over the distributions: a map each for the axis 'positions', a patch each for 'parts'. 0 for equivariant maps.
 *
 * Reference: the equivariance of SCOPS (Hung et al., https://arxiv.org/abs/1905.00414) for the transformation whose tokens
 * can be computed once and kept; SemMAE has no such term.
 */
export function flipEquivarianceLoss({ maps, mirroredMaps, grid, softmaxAxis }: FlipEquivarianceOptions): tf.Scalar {
  const [batch, partCount, patchCount] = maps.shape;
  assertShape('flipEquivarianceLoss', 'maps', maps.shape, [null, null, grid.patchCount]);
  assertShape('flipEquivarianceLoss', 'mirroredMaps', mirroredMaps.shape, maps.shape);
  return tf.tidy(() => {
    const planes = tf.reshape(mirroredMaps, [batch * partCount, grid.rows, grid.columns]);
    const back = tf.reshape(tf.reverse(planes, 2), maps.shape);
    const divergence = tf.mul(tf.sub(maps, back), tf.sub(logProbability(maps), logProbability(back)));
    const distributions = softmaxAxis === 'positions' ? batch * partCount : batch * patchCount;
    return tf.mul(tf.sum(divergence), 0.5 / distributions) as tf.Scalar;
  });
}
