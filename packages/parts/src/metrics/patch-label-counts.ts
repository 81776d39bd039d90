// How many pixels of each true label every patch covers: all that scores of patch labels need to know about the pixels.

import { assertLength, type PatchGrid, SemmaeError } from '@semmae/core';

import { cellEdges } from './cell-edges';

/** Part labels of an image of any size, row-major [H * W]: 0 = background, 255 = do not count. */
export interface PartTruth {
  labels: Uint8Array;
  height: number;
  width: number;
}

/** Labels a byte can hold. */
export const labelCount = 256;

/** Pixels per patch and label, [N * 256]. */
export function patchLabelCounts({ labels, height, width }: PartTruth, grid: PatchGrid, where: string): Uint32Array {
  if (!(height >= grid.rows && width >= grid.columns)) {
    throw new SemmaeError({
      where,
      requirement: `labels must have at least a pixel per patch of the ${grid.rows}x${grid.columns} grid`,
      got: `${height}x${width}`,
      remedy: 'pass labels per pixel, as large as the image',
    });
  }
  assertLength(where, 'labels', labels, height * width, `height and width say ${height}x${width}; one byte per pixel`);
  const counts = new Uint32Array(grid.patchCount * labelCount);
  const [edgesY, edgesX] = [cellEdges(height, grid.rows), cellEdges(width, grid.columns)];
  for (let row = 0; row < grid.rows; row++) {
    for (let y = edgesY[row]!; y < edgesY[row + 1]!; y++) {
      for (let column = 0; column < grid.columns; column++) {
        const cell = (row * grid.columns + column) * labelCount;
        const end = y * width + edgesX[column + 1]!;
        for (let pixel = y * width + edgesX[column]!; pixel < end; pixel++) counts[cell + labels[pixel]!]!++;
      }
    }
  }
  return counts;
}
