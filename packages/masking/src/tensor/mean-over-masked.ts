// The loss of masked image modeling: a mean over masked patches, or over images first where their counts differ.

import { assertOneOf } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assertTokens } from './assert-tokens';
import { gatherMasked } from './gather-tokens';
import type { MaskTensors } from './mask-tensors';
import { isListed } from './row-picks';

export interface MeanOverMaskedOptions {
  /**
   * `batch` (default): every masked patch counts the same, Σ values / Σ masked, as in MAE. `image`: every image counts
   * the same, the mean of its own mean, as in iBOT and DINOv2. Both are one where all images have the same count.
   */
  per?: 'batch' | 'image' | undefined;
  /** `patches` (default): values of all N patches. `masked`: of the M masked ones only, in the order of `masks.masked`. */
  of?: 'patches' | 'masked' | undefined;
}

/**
 * The mean of `values` [B, N, …] (or [B, M, …] with `of: 'masked'`) over the masked patches and all further axes: a
 * scalar. Values of visible patches and at padding are not looked at, so they may be NaN. An image without masked
 * patches adds 0, and counts as an image; a batch without any gives 0.
 */
export function meanOverMasked(
  values: tf.Tensor,
  masks: MaskTensors,
  { per = 'batch', of = 'patches' }: MeanOverMaskedOptions = {},
): tf.Scalar {
  assertOneOf('meanOverMasked', 'per', per, ['batch', 'image']);
  assertOneOf('meanOverMasked', 'of', of, ['patches', 'masked']);
  return tf.tidy(() => {
    const ofMasked = valuesOfMasked(values, masks, of);
    const counts = tf.cast(masks.maskedCounts, 'float32'); // [B]
    if (per === 'batch') return tf.div<tf.Scalar>(tf.sum(ofMasked), tf.maximum(tf.sum(counts), 1));
    return tf.mean(tf.div(tf.sum(ofMasked, 1), tf.maximum(counts, 1)));
  });
}

/** [B, M] one value for each masked patch, 0 at padding. */
function valuesOfMasked(values: tf.Tensor, masks: MaskTensors, of: 'patches' | 'masked'): tf.Tensor2D {
  const shape = of === 'patches' ? masks.restore.shape : masks.masked.shape;
  assertTokens('meanOverMasked', 'values', values, shape);
  const [batchSize, count] = shape;
  const ofPatches: tf.Tensor2D =
    values.rank === 2 ? (values as tf.Tensor2D) : tf.mean(tf.reshape(values, [batchSize, count, -1]), 2);
  if (of === 'patches') return gatherMasked(ofPatches, masks);
  return tf.where(isListed(masks.maskedCounts, count), ofPatches, tf.zerosLike(ofPatches));
}
