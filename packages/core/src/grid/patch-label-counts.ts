// How many pixels of each label every patch covers: all that a vote or a score per patch needs to know about the pixels.

import { SemmaeError } from '../semmae-error';
import type { PatchGrid } from './patch-grid';
import { type ImageSize, pixelPatches } from './pixel-patches';

export interface PatchLabelCounts {
  /** [N, L] pixels of each label in each patch. */
  counts: Uint32Array;
  /** [L] the labels that occur in the image, ascending. */
  labels: Uint16Array;
}

/** Counts the `labels` [H, W] of an image, integers from 0 to 65535; a pixel counts for the patch that holds its center. */
export function patchLabelCounts(
  where: string,
  labels: ArrayLike<number>,
  size: ImageSize,
  grid: PatchGrid,
): PatchLabelCounts {
  const { rowStart, column } = pixelPatches(where, labels, size, grid);
  const present = labelsOf(where, labels);
  const place = new Uint16Array((present.at(-1) ?? 0) + 1);
  present.forEach((label, index) => {
    place[label] = index;
  });
  const counts = new Uint32Array(grid.patchCount * present.length);
  const columnCell = column.map((start) => start * present.length);
  for (let y = 0, pixel = 0; y < size.height; y++) {
    const rowCell = rowStart[y]! * present.length;
    for (let x = 0; x < size.width; x++, pixel++) counts[rowCell + columnCell[x]! + place[labels[pixel]!]!]! += 1;
  }
  return { counts, labels: present };
}

function labelsOf(where: string, labels: ArrayLike<number>): Uint16Array {
  const occurs = new Uint8Array(2 ** 16);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const label = labels[pixel]!;
    if ((label & 65535) !== label) {
      throw new SemmaeError({
        where,
        requirement: 'labels must be integers from 0 to 65535',
        got: `${label} at pixel ${pixel}`,
        remedy: 'number the labels of the image from 0 on',
      });
    }
    occurs[label] = 1;
  }
  return Uint16Array.from(Array.from(occurs.keys()).filter((label) => occurs[label] === 1));
}
