// Images to rows of patch pixels and back, without loss.

import { assertInteger, assertShape, type PatchGrid, patchGridOfImage, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Cuts images into square patches, one row each.
 *
 * `images` [B, H, W, C] → [B, N, p·p·C]. Patches are in row-major order of the grid; the values of a patch are in
 * (row, column, channel) order, which is the order of MAE's targets and predictions.
 */
export function patchify(images: tf.Tensor4D, patchSize: number): tf.Tensor3D {
  assertShape('patchify', 'images', images.shape, [null, null, null, null], 'add the batch axis with tf.expandDims');
  const [batchSize, height, width, channels] = images.shape;
  const { rows, columns, patchCount } = patchGridOfImage({ height, width, patchSize });
  return tf.tidy(() => {
    const lines = tf.reshape(images, [batchSize * rows, patchSize, columns, patchSize * channels]); // [B·rows, p, columns, p·C]
    const patches = tf.transpose(lines, [0, 2, 1, 3]); // [B·rows, columns, p, p·C]
    return tf.reshape<tf.Rank.R3>(patches, [batchSize, patchCount, patchSize * patchSize * channels]);
  });
}

/** The inverse of `patchify`: `patches` [B, N, p·p·C] on `grid` → images [B, rows·p, columns·p, C]. */
export function unpatchify(patches: tf.Tensor3D, grid: PatchGrid, patchSize: number): tf.Tensor4D {
  assertInteger('unpatchify', 'patchSize', patchSize);
  assertShape('unpatchify', 'patches', patches.shape, [null, grid.patchCount, null], 'pass the grid of the image');
  const [batchSize, , valuesPerPatch] = patches.shape;
  const channels = valuesPerPatch / (patchSize * patchSize);
  if (!Number.isInteger(channels)) {
    throw new SemmaeError({
      where: 'unpatchify',
      requirement: `the last axis must be a multiple of ${patchSize}·${patchSize}`,
      got: valuesPerPatch,
      remedy: 'pass the patch size that cut the patches',
    });
  }
  const { rows, columns } = grid;
  return tf.tidy(() => {
    const cut = tf.reshape(patches, [batchSize * rows, columns, patchSize, patchSize * channels]);
    const lines = tf.transpose(cut, [0, 2, 1, 3]); // [B·rows, p, columns, p·C]
    return tf.reshape<tf.Rank.R4>(lines, [batchSize, rows * patchSize, columns * patchSize, channels]);
  });
}
