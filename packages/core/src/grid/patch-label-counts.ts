// How many pixels of each label every patch covers: all that a vote or a score per patch needs to know about the pixels.

import { SemmaeError } from '../semmae-error';
import type { PatchGrid } from './patch-grid';
import { type ImageSize, pixelPatches } from './pixel-patches';

export interface PatchLabelCounts {
  /** [N, L] pixels of each label in each patch. */
  counts: Uint32Array;
  /** L: one more than the highest label of the image. */
  labelCount: number;
}

/** Counts the `labels` [H, W] of an image, integers from 0 to 255; a pixel counts for the patch that holds its center. */
export function patchLabelCounts(
  where: string,
  labels: ArrayLike<number>,
  size: ImageSize,
  grid: PatchGrid,
): PatchLabelCounts {
  const { rowStart, column } = pixelPatches(where, labels, size, grid);
  const labelCount = highestLabel(where, labels) + 1;
  const counts = new Uint32Array(grid.patchCount * labelCount);
  const columnCell = column.map((start) => start * labelCount);
  for (let y = 0, pixel = 0; y < size.height; y++) {
    const rowCell = rowStart[y]! * labelCount;
    for (let x = 0; x < size.width; x++, pixel++) counts[rowCell + columnCell[x]! + labels[pixel]!]! += 1;
  }
  return { counts, labelCount };
}

function highestLabel(where: string, labels: ArrayLike<number>): number {
  let highest = 0;
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const label = labels[pixel]!;
    if ((label & 255) !== label) {
      throw new SemmaeError({
        where,
        requirement: 'labels must be integers from 0 to 255',
        got: `${label} at pixel ${pixel}`,
        remedy: 'number the labels of the image from 0 on',
      });
    }
    if (label > highest) highest = label;
  }
  return highest;
}
