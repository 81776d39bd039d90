// Puts tokens back in the order of the grid; masked places take a mask token, or tokens of their own.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assertTokens } from './assert-tokens';
import type { MaskTensors } from './mask-tensors';
import { pickRows } from './pick-rows';
import { placesOfRows, rowsOfPlaces } from './row-picks';

/**
 * All patches in the order of the grid, [B, N, D]: `visible` [B, K, D] in the places of `masks.visible`, and in those of
 * `masks.masked` either one mask token ([D] or [1, 1, D], MAE's learned vector) or tokens of their own [B, M, D]. What
 * stands at padding is ignored.
 *
 * The gradient is a gather; that of a single mask token is summed over the patches it stands for.
 */
export function restoreTokens(visible: tf.Tensor3D, maskTokens: tf.Tensor, masks: MaskTensors): tf.Tensor3D {
  assertTokens('restoreTokens', 'visible', visible, masks.visible.shape);
  const [batchSize, maskedCount] = masks.masked.shape;
  const width = visible.shape[2];
  return tf.tidy(() => {
    const ofMasked = fill(maskTokens, [batchSize, maskedCount, width]);
    const listed = tf.concat([visible, ofMasked], 1); // [B, K + M, D], the order of visible ++ masked
    const rows: tf.Tensor2D = tf.reshape(listed, [batchSize * listed.shape[1], width]);
    return tf.reshape(pickRows(rows, rowsOfPlaces(masks), placesOfRows(masks)), [...masks.restore.shape, width]);
  });
}

/** [B, M, D] */
function fill(maskTokens: tf.Tensor, shape: [number, number, number]): tf.Tensor3D {
  const width = shape[2];
  if (maskTokens.size === width) return repeatToken(tf.reshape(maskTokens, [width]), shape);
  assertShape('restoreTokens', 'maskTokens', maskTokens.shape, shape, `or give one mask token of ${width} values`);
  return maskTokens as tf.Tensor3D;
}

/** `token` [D] in every place of `shape` [B, M, D]. M may be 0, where the gradient of broadcasting in tfjs has a wrong shape. */
function repeatToken(token: tf.Tensor1D, shape: [number, number, number]): tf.Tensor3D {
  const repeat = tf.customGrad<tf.Tensor3D>((...inputs) => ({
    value: tf.add(tf.zeros(shape), inputs[0] as tf.Tensor1D),
    gradFunc: (dy: tf.Tensor3D) => (dy.size > 0 ? tf.sum<tf.Tensor1D>(dy, [0, 1]) : tf.zeros<tf.Rank.R1>([shape[2]])),
  }));
  return repeat(token);
}
