// The one operation below gathering and restoring: rows by number, with a gradient that picks rows by number too.

import * as tf from '@tensorflow/tfjs-core';

/** Which row of a source with R rows stands in each place. */
export interface RowPick {
  /** [places] int32 row numbers, 0 … R − 1, or R for a row of zeros. */
  rows: tf.Tensor1D;
  /** Whether R occurs. */
  hasZeros: boolean;
}

/**
 * Rows of `source` [R, D] by number: [places, D]. `inverse` says the same from the other side: for each of the R rows the place
 * it went to, or the number of places where it went nowhere. No row may go to two places.
 *
 * The gradient is the same operation with the two picks exchanged, so neither direction scatters or sums. That is all it
 * needs of a backend; the gradient that `tf.gather` has of its own is a segment sum, which wasm lacks.
 */
export function pickRows(source: tf.Tensor2D, pick: RowPick, inverse: RowPick): tf.Tensor2D {
  const differentiable = tf.customGrad<tf.Tensor2D>((...inputs) => {
    const [rowsOfSource, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    save([pick.rows, inverse.rows]);
    return {
      value: takeRows(rowsOfSource, pick),
      gradFunc: (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
        const [rows, places] = saved as [tf.Tensor1D, tf.Tensor1D];
        return pickRows(dy, { ...inverse, rows: places }, { ...pick, rows });
      },
    };
  });
  return differentiable(source);
}

/** The same without a gradient of its own. A row of zeros is put behind the source only where one is named. */
export function takeRows(source: tf.Tensor2D, { rows, hasZeros }: RowPick): tf.Tensor2D {
  const width = source.shape[1];
  if (rows.size === 0) return tf.zeros([0, width], source.dtype);
  return tf.gather(hasZeros ? tf.concat([source, tf.zeros<tf.Rank.R2>([1, width], source.dtype)]) : source, rows);
}
