// Undoes per-patch normalization (norm-pix) of predictions, so that they can be looked at.

import { assertLength, type PatchGrid } from '@semmae/core';

import { assertPatchIndices, forEachPatchPixel, imageCells } from './image-cells';

export interface RestorePatchStatisticsOptions {
  height: number;
  width: number;
  grid: PatchGrid;
  /** Default 3. */
  channels?: number;
  /** The original image as the model saw it, normalized by the data set's mean and std, [H, W, channels]. */
  pixels: Float32Array;
  /** Numbers of the hidden patches, [M]. */
  masked: ArrayLike<number>;
  /** Predictions of a norm-pix model, [M, p * p * channels]: each patch with mean 0 and variance 1. */
  predictions: Float32Array;
}

/** Added to the variance by the norm-pix target: MAE's 1e-6. */
const varianceFloor = 1e-6;

/**
 * Gives each predicted patch the mean and the variance of the original patch: `prediction * sqrt(variance + 1e-6) + mean`.
 *
 * The statistics are taken from the hidden pixels, so the picture shows more than the model knew: say so beside it.
 * The variance is the unbiased one (n - 1), as in the target. Reference: He et al., §4.2, https://arxiv.org/abs/2111.06377
 */
export function restorePatchStatistics(options: RestorePatchStatisticsOptions): Float32Array {
  const { height, width, channels = 3, grid, pixels, masked, predictions } = options;
  const where = 'restorePatchStatistics';
  assertLength(where, 'pixels', pixels, height * width * channels);
  assertPatchIndices(where, 'masked', masked, grid);
  const cells = imageCells(where, grid, { height, width });
  const patchLength = cells.cellHeight * cells.cellWidth * channels;
  assertLength(where, `predictions of [${masked.length}, ${patchLength}]`, predictions, masked.length * patchLength);
  const restored = new Float32Array(predictions.length);
  for (let index = 0; index < masked.length; index++) {
    const original: number[] = [];
    forEachPatchPixel(masked[index]!, grid, cells, (offset) => {
      const pixel = (offset / 3) * channels; // offsets are those of a picture
      original.push(...pixels.subarray(pixel, pixel + channels));
    });
    const mean = original.reduce((sum, value) => sum + value, 0) / patchLength;
    const variance = original.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (patchLength - 1);
    const scale = Math.sqrt(variance + varianceFloor);
    for (let item = index * patchLength; item < (index + 1) * patchLength; item++) {
      restored[item] = predictions[item]! * scale + mean;
    }
  }
  return restored;
}
