// Patches that overlap, because they start every few pixels.

import type * as tf from '@tensorflow/tfjs-core';

import { patchify } from './patchify';
import { type AxisMap, separableMap } from './separable-map';

/**
 * Patches of `patchSize` pixels that begin every `stride` pixels, after mirroring (patchSize − stride) / 2 pixels at each border:
 * `images` [B, H, W, C] → [B, (H / stride)·(W / stride), p·p·C], values in the order of `patchify`.
 *
 * Copying is written as a product with zeros and ones: backends lack the gradients of mirrored padding and of gathering.
 */
export function overlappingPatches(images: tf.Tensor4D, patchSize: number, stride: number): tf.Tensor3D {
  if (stride === patchSize) return patchify(images, patchSize);
  const [, height, width] = images.shape;
  return patchify(
    separableMap(images, windowMap(height, patchSize, stride), windowMap(width, patchSize, stride)),
    patchSize,
  );
}

/** Lays the windows of a line side by side: output w·p + i takes pixel w·stride + i − (p − stride) / 2. */
function windowMap(length: number, patchSize: number, stride: number): AxisMap {
  const outputs = (length / stride) * patchSize;
  const matrix = new Float32Array(outputs * length);
  for (let output = 0; output < outputs; output++) {
    const window = Math.floor(output / patchSize);
    const pixel = window * stride + (output % patchSize) - (patchSize - stride) / 2;
    matrix[output * length + mirrored(pixel, length)] = 1;
  }
  return { matrix, inputs: length, outputs };
}

/** Folds any index into 0 … length − 1, the edge not repeated: −1 → 1, length → length − 2. */
function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((index % period) + period) % period;
  return Math.min(folded, period - folded);
}
