// Maps on another grid, inside a step.

import type { PatchGrid } from '@semmae/core';
import { axisMap, separableMap } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

import { axisTaps } from './axis-taps';

/** [B, P, N] -> [B, P, N']; differentiable. */
export type MapResampling = (maps: tf.Tensor3D) => tf.Tensor3D;

/** Means of the covered area where an axis shrinks; where it grows linear between patch centers, constant beyond the outermost. */
export function mapResampling(from: PatchGrid, to: PatchGrid): MapResampling {
  const [rows, columns] = [tapMap(from.rows, to.rows), tapMap(from.columns, to.columns)];
  return (maps) =>
    tf.tidy(() => {
      const [batch, partCount] = maps.shape;
      const planes = tf.reshape<tf.Rank.R4>(maps, [batch * partCount, from.rows, from.columns, 1]);
      return tf.reshape(separableMap(planes, rows, columns), [batch, partCount, to.patchCount]);
    });
}

function tapMap(from: number, to: number) {
  const taps = axisTaps(from, to);
  return axisMap(from, to, (position) => taps[position]!);
}
