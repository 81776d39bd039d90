// Neighboring patches should get similar attention.

import { assertShape, type PatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean |m_p - m_q| over the pairs p, q of patches side by side plus the same over pairs above each other (anisotropic total
 * variation), averaged over parts and images. Proportional to the level of the maps.
 *
 * @param maps [B, P, N] on a grid of at least 2x2
 */
export function totalVariationLoss(maps: tf.Tensor3D, { rows, columns, patchCount }: PatchGrid): tf.Scalar {
  assertShape('totalVariationLoss', 'maps', maps.shape, [null, null, patchCount]);
  return tf.tidy(() => {
    const planes = tf.reshape(maps, [-1, rows, columns]) as tf.Tensor3D; // [B*P, h, w]
    const along = (axis: 1 | 2) => {
      const length = planes.shape[axis] - 1;
      const size: [number, number, number] = axis === 1 ? [-1, length, columns] : [-1, rows, length];
      const first = tf.slice3d(planes, [0, 0, 0], size);
      const second = tf.slice3d(planes, axis === 1 ? [0, 1, 0] : [0, 0, 1], size);
      return tf.mean(tf.abs(tf.sub(second, first)));
    };
    return tf.add(along(1), along(2)) as tf.Scalar;
  });
}
