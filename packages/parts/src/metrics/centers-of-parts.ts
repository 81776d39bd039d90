// Where parts lie: one point per part, the input of landmark regression.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

import type { PartTruth } from './part-truth';

/**
 * Center of each part 1 .. P of an image, as fractions of its width and height: x, y of part 1, x, y of part 2, … [P * 2]. NaN
 * for a part that does not occur.
 *
 * Reference: Hung et al., "SCOPS", §3.2, https://arxiv.org/abs/1905.01298, there of soft maps
 */
export function centersOfParts(parts: Uint8Array, partCount: number, grid: PatchGrid): Float64Array {
  assertInteger('centersOfParts', 'partCount', partCount);
  assertLength('centersOfParts', 'parts', parts, grid.patchCount);
  return centroids(parts, partCount, grid.columns, grid.rows);
}

/**
 * Landmarks of an image that has part masks but no landmarks: the centroid of every true part 1 .. P among its pixels, as
 * fractions of width and height, [P * 2]. NaN for a part that is not visible.
 */
export function landmarksOfParts({ labels, height, width, ignore }: PartTruth, partCount: number): Float64Array {
  assertInteger('landmarksOfParts', 'partCount', partCount);
  assertLength('landmarksOfParts', 'labels', labels, height * width);
  return centroids(labels, partCount, width, height, ignore);
}

function centroids(
  labels: Uint8Array | Uint16Array,
  partCount: number,
  columns: number,
  rows: number,
  ignore = 0,
): Float64Array {
  const idCount = 2 ** (8 * labels.BYTES_PER_ELEMENT);
  const counts = new Float64Array(idCount);
  const [sumX, sumY] = [new Float64Array(idCount), new Float64Array(idCount)];
  labels.forEach((label, cell) => {
    if (label === ignore) return;
    counts[label]!++;
    sumX[label]! += (cell % columns) + 0.5;
    sumY[label]! += Math.floor(cell / columns) + 0.5;
  });
  return Float64Array.from({ length: 2 * partCount }, (_, index) => {
    const label = 1 + (index >> 1);
    return index % 2 === 0 ? sumX[label]! / counts[label]! / columns : sumY[label]! / counts[label]! / rows;
  });
}
