// The masks of a batch as tensors, in the form that everything in this folder takes.

import { assertInteger } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskBatch } from '../mask-batch';

/**
 * A `MaskBatch` of B images as tensors: a record of tensors, so a compiled step takes it as one input and `tf.dispose`
 * frees it whole. Rows of images with fewer than K visible or M masked patches end in padding.
 */
export type MaskTensors = {
  /** [B, K] int32, ascending in each row, then padding. */
  visible: tf.Tensor2D;
  /** [B, M] int32, ascending in each row, then padding. */
  masked: tf.Tensor2D;
  /** [B, N] int32, where patch p stands in `visible ++ masked` of its row, K + M places with the padding. */
  restore: tf.Tensor2D;
  /** [B, N] float32, 1 where a patch is masked. */
  hidden: tf.Tensor2D;
  /** [B] int32, how many entries of each row of `visible` are patches. */
  visibleCounts: tf.Tensor1D;
  /** [B] int32, the same for `masked`. */
  maskedCounts: tf.Tensor1D;
};

export interface MaskTensorsOptions {
  /**
   * K and M, at least those of the batch, which they are by default. Where counts vary from batch to batch, fixed ones
   * keep the shapes of a compiled step the same, so that it is compiled once.
   */
  visibleCount?: number | undefined;
  maskedCount?: number | undefined;
}

/** The tensors of `batch`. They belong to the caller: `tf.dispose(masks)`, or call this inside `tf.tidy`. */
export function maskTensors(
  batch: MaskBatch,
  { visibleCount = batch.visibleCount, maskedCount = batch.maskedCount }: MaskTensorsOptions = {},
): MaskTensors {
  assertInteger('maskTensors', 'visibleCount', visibleCount, { least: batch.visibleCount });
  assertInteger('maskTensors', 'maskedCount', maskedCount, { least: batch.maskedCount });
  const { batchSize, patchCount } = batch;
  const furtherBack = visibleCount - batch.visibleCount; // where masked patches stand behind longer rows of visible ones
  const restore = batch.restore.map((place, index) => place + batch.hidden[index]! * furtherBack);
  return {
    visible: tf.tensor2d(widen(batch.visible, batchSize, visibleCount), [batchSize, visibleCount], 'int32'),
    masked: tf.tensor2d(widen(batch.masked, batchSize, maskedCount), [batchSize, maskedCount], 'int32'),
    restore: tf.tensor2d(restore, [batchSize, patchCount], 'int32'),
    hidden: tf.tensor2d(Float32Array.from(batch.hidden), [batchSize, patchCount]),
    visibleCounts: tf.tensor1d(batch.visibleCounts.slice(), 'int32'),
    maskedCounts: tf.tensor1d(batch.maskedCounts.slice(), 'int32'),
  };
}

/** Whether rows may hold padding: K + M exceeds N where counts differ, and only there. */
export function isPadded({ visible, masked, restore }: MaskTensors): boolean {
  return visible.shape[1] + masked.shape[1] > restore.shape[1];
}

/** A copy (tensors keep the array they are made of, and batches may be reused) whose rows repeat their last index up to `length`. */
function widen(indices: Int32Array, batchSize: number, length: number): Int32Array {
  const oldLength = indices.length / batchSize;
  if (oldLength === length) return indices.slice();
  return Int32Array.from({ length: batchSize * length }, (_, index) => {
    const place = Math.min(index % length, oldLength - 1);
    return oldLength === 0 ? 0 : indices[Math.floor(index / length) * oldLength + place]!;
  });
}
