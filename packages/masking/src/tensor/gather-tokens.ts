// What the encoder sees, and what it shall predict: the visible and the masked patches of a batch.

import * as tf from '@tensorflow/tfjs-core';

import { assertTokens } from './assert-tokens';
import type { MaskTensors } from './mask-tensors';
import { pickRows, type RowPick } from './pick-rows';
import { maskedRows, rowsAmongMasked, rowsAmongVisible, visibleRows } from './row-picks';

/**
 * The visible patches of `tokens` [B, N, …] in the order of `masks.visible`: [B, K, …]. Any axes may follow N. Padding is zeros.
 *
 * Its gradient is a gather: each patch takes the gradient of its place, and zeros if it is masked.
 */
export function gatherVisible<T extends tf.Tensor>(tokens: T, masks: MaskTensors): T {
  assertTokens('gatherVisible', 'tokens', tokens, masks.restore.shape);
  return gather(tokens, masks.visible.shape[1], () => [visibleRows(masks), rowsAmongVisible(masks)]);
}

/** The masked patches of `tokens` [B, N, …] in the order of `masks.masked`: [B, M, …]; otherwise as `gatherVisible`. */
export function gatherMasked<T extends tf.Tensor>(tokens: T, masks: MaskTensors): T {
  assertTokens('gatherMasked', 'tokens', tokens, masks.restore.shape);
  return gather(tokens, masks.masked.shape[1], () => [maskedRows(masks), rowsAmongMasked(masks)]);
}

function gather<T extends tf.Tensor>(tokens: T, count: number, picks: () => [RowPick, RowPick]): T {
  const [batchSize, patchCount, ...axes] = tokens.shape as [number, number, ...number[]];
  return tf.tidy(() => {
    const rows: tf.Tensor2D = tf.reshape(tokens, [batchSize * patchCount, tf.util.sizeFromShape(axes)]);
    return tf.reshape(pickRows(rows, ...picks()), [batchSize, count, ...axes]) as T;
  });
}
