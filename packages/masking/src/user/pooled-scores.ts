// From values per pixel to one per patch: what a soft mask is made discrete with.

import { type ImageSize, type PatchGrid, pixelPatches, SemmaeError } from '@semmae/core';

/**
 * [N] mean of the pixels of each patch, from pixels [H, W] in row-major order. Scores for `userMasking`, which then hides
 * the M highest: the patch mask of a soft pixel mask, such as one of those that ADIOS learns.
 *
 * Throws on other sizes, on images smaller than the grid and on NaN.
 */
export function pooledScores(pixels: ArrayLike<number>, size: ImageSize, grid: PatchGrid): Float32Array {
  const { rowStart, column } = pixelPatches('pooledScores', pixels, size, grid);
  const sums = new Float64Array(grid.patchCount);
  const areas = new Int32Array(grid.patchCount);
  for (let y = 0, pixel = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, pixel++) {
      const patch = rowStart[y]! + column[x]!;
      sums[patch]! += pixels[pixel]!;
      areas[patch]! += 1;
    }
  }
  const scores = Float32Array.from(sums, (sum, patch) => sum / areas[patch]!);
  if (scores.some(Number.isNaN)) {
    throw new SemmaeError({
      where: 'pooledScores',
      requirement: 'pixels must be numbers',
      got: `NaN in patch ${scores.findIndex(Number.isNaN)}`,
      remedy: 'look for a division by zero or a diverged model where the mask is made',
    });
  }
  return scores;
}
