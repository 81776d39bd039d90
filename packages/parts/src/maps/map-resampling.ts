// Maps on another grid, as two products with constant matrices.

import type { PatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { axisTaps } from './axis-taps';

export interface MapResampling {
  /** [B, P, N] -> [B, P, N']; differentiable. */
  apply(maps: tf.Tensor3D): tf.Tensor3D;
  dispose(): void;
}

/** Means of the covered area where an axis shrinks; where it grows linear between patch centers, constant beyond the outermost. */
export function mapResampling(from: PatchGrid, to: PatchGrid): MapResampling {
  const rows = tapMatrix(from.rows, to.rows);
  const columns = tapMatrix(from.columns, to.columns);
  return {
    apply: (maps) =>
      tf.tidy(() => {
        const [batch, partCount] = maps.shape;
        const lines = tf.reshape(maps, [batch * partCount * from.rows, from.columns]);
        const wide = tf.reshape(tf.matMul(lines, columns, false, true), [batch * partCount, from.rows, to.columns]);
        const tall = tf.matMul(tf.reshape(rows, [1, to.rows, from.rows]), wide); // [B*P, h', w']
        return tf.reshape(tall, [batch, partCount, to.patchCount]);
      }),
    dispose() {
      tf.dispose([rows, columns]);
    },
  };
}

/** [to, from], kept; the caller owns it. */
function tapMatrix(from: number, to: number): tf.Tensor2D {
  const weights = new Float32Array(to * from);
  axisTaps(from, to).forEach((taps, position) => {
    for (const [index, weight] of taps) weights[position * from + index]! += weight;
  });
  return tf.keep(tf.tensor2d(weights, [to, from]));
}
