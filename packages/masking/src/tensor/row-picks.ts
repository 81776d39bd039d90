// From masks to row numbers of the flattened batch: tokens [B, N, …] are B·N rows, visible ones B·K, masked ones B·M.

import * as tf from '@tensorflow/tfjs-core';

import { isPadded, type MaskTensors } from './mask-tensors';
import type { RowPick } from './pick-rows';

/** For each place of `visible` [B·K] its row among all patches; zeros at padding. */
export function visibleRows(masks: MaskTensors): RowPick {
  return { rows: flat(listedRows(masks, masks.visible, masks.visibleCounts)), hasZeros: isPadded(masks) };
}

/** For each place of `masked` [B·M] its row among all patches; zeros at padding. */
export function maskedRows(masks: MaskTensors): RowPick {
  return { rows: flat(listedRows(masks, masks.masked, masks.maskedCounts)), hasZeros: isPadded(masks) };
}

/** For each place of `visible ++ masked` [B·(K + M)] its row among all patches; zeros at padding. */
export function placesOfRows(masks: MaskTensors): RowPick {
  const ofVisible = listedRows(masks, masks.visible, masks.visibleCounts);
  const ofMasked = listedRows(masks, masks.masked, masks.maskedCounts);
  return { rows: flat(tf.concat([ofVisible, ofMasked], 1)), hasZeros: isPadded(masks) };
}

/** For each patch [B·N] its row in `visible ++ masked`. */
export function rowsOfPlaces({ visible, masked, restore }: MaskTensors): RowPick {
  return { rows: flat(inBatch(restore, visible.shape[1] + masked.shape[1])), hasZeros: false };
}

/** For each patch [B·N] its row among the visible ones; zeros where it is masked. */
export function rowsAmongVisible({ visible, masked, restore }: MaskTensors): RowPick {
  const [batchSize, visibleCount] = visible.shape;
  const rows = orElse(tf.less(restore, visibleCount), inBatch(restore, visibleCount), batchSize * visibleCount);
  return { rows: flat(rows), hasZeros: masked.shape[1] > 0 };
}

/** For each patch [B·N] its row among the masked ones; zeros where it is visible. */
export function rowsAmongMasked({ visible, masked, restore }: MaskTensors): RowPick {
  const [batchSize, maskedCount] = masked.shape;
  const place = tf.sub<tf.Tensor2D>(restore, tf.scalar(visible.shape[1], 'int32')); // in `masked`, where it is not negative
  const rows = orElse(tf.greaterEqual(place, 0), inBatch(place, maskedCount), batchSize * maskedCount);
  return { rows: flat(rows), hasZeros: visible.shape[1] > 0 };
}

/** [B, length] bool: which places of rows of `length` come before the padding. */
export function isListed(counts: tf.Tensor1D, length: number): tf.Tensor2D {
  return tf.less(tf.range(0, length, 1, 'int32'), tf.reshape(counts, [counts.size, 1]));
}

/** The patches of `indices` [B, any] as row numbers of the batch, and one more than the last row at padding. */
function listedRows(masks: MaskTensors, indices: tf.Tensor2D, counts: tf.Tensor1D): tf.Tensor2D {
  const [batchSize, patchCount] = masks.restore.shape;
  const rows = inBatch(indices, patchCount);
  return isPadded(masks) ? orElse(isListed(counts, indices.shape[1]), rows, batchSize * patchCount) : rows;
}

/** Row numbers within an image [B, any] as numbers within the batch, whose images have `rowsPerImage` rows. */
function inBatch(rows: tf.Tensor2D, rowsPerImage: number): tf.Tensor2D {
  const starts = Int32Array.from({ length: rows.shape[0] }, (_, image) => image * rowsPerImage);
  return tf.add(rows, tf.tensor2d(starts, [rows.shape[0], 1], 'int32'));
}

function orElse(condition: tf.Tensor, rows: tf.Tensor2D, otherwise: number): tf.Tensor2D {
  return tf.where(condition, rows, tf.fill(rows.shape, otherwise, 'int32'));
}

function flat(rows: tf.Tensor2D): tf.Tensor1D {
  return tf.reshape(rows, [rows.size]);
}
