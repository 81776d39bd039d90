// Images to rows of patch pixels and back, without loss.

import {
  assertPatchSize,
  assertShape,
  type PatchGrid,
  type PatchSize,
  patchGridOfImage,
  patchSides,
  SemmaeError,
} from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Cuts images into patches, one row each.
 *
 * `images` [B, H, W, C] → [B, N, p·p·C], or h·w·C for patches of h x w pixels. Patches are in row-major order of the grid; the values of a patch are in
 * (row, column, channel) order, which is the order of MAE's targets and predictions.
 */
export function patchify(images: tf.Tensor4D, patchSize: PatchSize): tf.Tensor3D {
  assertShape('patchify', 'images', images.shape, [null, null, null, null], 'add the batch axis with tf.expandDims');
  const [batchSize, height, width, channels] = images.shape;
  const { rows, columns, patchCount } = patchGridOfImage({ height, width, patchSize });
  const patch = patchSides(patchSize);
  return tf.tidy(() => {
    const lines = tf.reshape(images, [batchSize * rows, patch.height, columns, patch.width * channels]); // [B·rows, h, columns, w·C]
    const patches = tf.transpose(lines, [0, 2, 1, 3]); // [B·rows, columns, h, w·C]
    return tf.reshape<tf.Rank.R3>(patches, [batchSize, patchCount, patch.height * patch.width * channels]);
  });
}

/** The inverse of `patchify`: `patches` [B, N, p·p·C] on `grid` → images [B, rows·p, columns·p, C]. */
export function unpatchify(patches: tf.Tensor3D, grid: PatchGrid, patchSize: PatchSize): tf.Tensor4D {
  assertPatchSize('unpatchify', 'patchSize', patchSize);
  assertShape('unpatchify', 'patches', patches.shape, [null, grid.patchCount, null], 'pass the grid of the image');
  const [batchSize, , valuesPerPatch] = patches.shape;
  const patch = patchSides(patchSize);
  const channels = valuesPerPatch / (patch.height * patch.width);
  if (!Number.isInteger(channels)) {
    throw new SemmaeError({
      where: 'unpatchify',
      requirement: `the last axis must be a multiple of ${patch.height}·${patch.width}`,
      got: valuesPerPatch,
      remedy: 'pass the patch size that cut the patches',
    });
  }
  const { rows, columns } = grid;
  return tf.tidy(() => {
    const cut = tf.reshape(patches, [batchSize * rows, columns, patch.height, patch.width * channels]);
    const lines = tf.transpose(cut, [0, 2, 1, 3]); // [B·rows, h, columns, w·C]
    return tf.reshape<tf.Rank.R4>(lines, [batchSize, rows * patch.height, columns * patch.width, channels]);
  });
}
