// Attention logits on a finer grid than the tokens: the cheap way to 28x28 maps from a 14x14 encoder.

import { type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { axisTaps } from './axis-taps';

export interface MapUpsampling {
  /** [B, P, N] -> [B, P, N']; differentiable. */
  apply(logits: tf.Tensor3D): tf.Tensor3D;
  dispose(): void;
}

/** Bilinear interpolation between patch centres, constant beyond the outermost, as two products with constant matrices. */
export function mapUpsampling(from: PatchGrid, to: PatchGrid): MapUpsampling {
  if (to.rows < from.rows || to.columns < from.columns) {
    throw new SemmaeError({
      where: 'mapUpsampling',
      requirement: `mapGrid must be at least the grid of the tokens, ${from.rows}x${from.columns}`,
      got: `${to.rows}x${to.columns}`,
      remedy: 'resample the finished maps with resamplePartAttention',
    });
  }
  const rows = interpolationMatrix(from.rows, to.rows);
  const columns = interpolationMatrix(from.columns, to.columns);
  return {
    apply: (logits) =>
      tf.tidy(() => {
        const [batch, partCount] = logits.shape;
        const lines = tf.reshape(logits, [batch * partCount * from.rows, from.columns]);
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
function interpolationMatrix(from: number, to: number): tf.Tensor2D {
  const weights = new Float32Array(to * from);
  axisTaps(from, to).forEach((taps, position) => {
    for (const [index, weight] of taps) weights[position * from + index]! += weight;
  });
  return tf.keep(tf.tensor2d(weights, [to, from]));
}
