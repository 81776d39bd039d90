// Patches that overlap, because they start every few pixels.

import { type PatchSize, patchSides } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

import { patchify } from './patchify';
import { overlaps } from './stride-grid';
import { type AxisMap, axisMap } from './tensor/axis-map';
import { separableMap } from './tensor/separable-map';

/**
 * Patches of `patchSize` pixels that begin every `patchStride` pixels, after mirroring (patchSize − patchStride) / 2 pixels at each border:
 * `images` [B, H, W, C] → [B, (H / stride)·(W / stride), p·p·C], values in the order of `patchify`.
 *
 * Copying is written as a product with zeros and ones: backends lack the gradients of mirrored padding and of gathering.
 */
export function overlappingPatches(images: tf.Tensor4D, patchSize: PatchSize, patchStride: PatchSize): tf.Tensor3D {
  if (!overlaps(patchSize, patchStride)) return patchify(images, patchSize);
  const [patch, stride] = [patchSides(patchSize), patchSides(patchStride)];
  const [, height, width] = images.shape;
  return patchify(
    separableMap(images, windowMap(height, patch.height, stride.height), windowMap(width, patch.width, stride.width)),
    patchSize,
  );
}

/** Lays the windows of a line side by side: output w·p + i takes pixel w·stride + i − (p − stride) / 2. */
function windowMap(length: number, patchSize: number, stride: number): AxisMap {
  return axisMap(length, (length / stride) * patchSize, (output) => {
    const window = Math.floor(output / patchSize);
    return [[window * stride + (output % patchSize) - (patchSize - stride) / 2, 1]];
  });
}
