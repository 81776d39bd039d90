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
  /** Where maps are of some patches alone and 0 at the others: 1 at their patches, 0 at the others, [B, N] each. */
  kept?: { plain: tf.Tensor2D; mirrored: tf.Tensor2D };
}

/**
 * Symmetric Kullback-Leibler divergence (KL(a || b) + KL(b || a)) / 2 between the maps and the mirrored maps mirrored back,
 * averaged over the distributions: a map each for the axis 'positions', a patch each for 'parts'. 0 for equivariant maps. Of maps of
 * some patches alone it sees the patches that image and mirror image have in common.
 *
 * Reference: the equivariance of SCOPS (Hung et al., https://arxiv.org/abs/1905.00414) for the transformation whose tokens
 * can be computed once and kept; SemMAE has no such term.
 */
export function flipEquivarianceLoss(options: FlipEquivarianceOptions): tf.Scalar {
  const { maps, mirroredMaps, grid, softmaxAxis, kept } = options;
  const [batch, partCount, patchCount] = maps.shape;
  assertShape('flipEquivarianceLoss', 'maps', maps.shape, [null, null, grid.patchCount]);
  assertShape('flipEquivarianceLoss', 'mirroredMaps', mirroredMaps.shape, maps.shape);
  return tf.tidy(() => {
    const mirroredBack = (values: tf.Tensor) =>
      tf.reshape(tf.reverse(tf.reshape(values, [-1, grid.rows, grid.columns]), 2), values.shape);
    const back = mirroredBack(mirroredMaps);
    const divergence = tf.mul(tf.sub(maps, back), tf.sub(logProbability(maps), logProbability(back)));
    if (kept === undefined) {
      const distributions = softmaxAxis === 'positions' ? batch * partCount : batch * patchCount;
      return tf.mul(tf.sum(divergence), 0.5 / distributions) as tf.Scalar;
    }
    const common = tf.mul(kept.plain, mirroredBack(kept.mirrored)); // [B, N]
    const sum = tf.sum(tf.mul(divergence, tf.reshape(common, [batch, 1, patchCount])));
    const distributions = softmaxAxis === 'positions' ? batch * partCount : tf.maximum(tf.sum(common), 1);
    return tf.div(tf.mul(sum, 0.5), distributions) as tf.Scalar;
  });
}
