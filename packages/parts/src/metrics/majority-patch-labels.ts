// Ground truth for patches from ground truth for pixels.

import { assertInteger, assertLength, assertRange, type PatchGrid } from '@semmae/core';

import { cellEdges } from './cell-edges';

/** Label of patches without a clear majority; scores leave them out. */
export const ignoredLabel = 255;

export interface MajorityPatchLabelsOptions {
  /** Labels per pixel, row-major [H * W]. */
  pixelLabels: Uint8Array;
  height: number;
  width: number;
  grid: PatchGrid;
  /** Patches whose commonest label covers a smaller share of their pixels become 255, "ignored". Default 0: none do. */
  minimumShare?: number;
}

/** The commonest pixel label of every patch (ties: the lowest), [N]. Where the grid does not divide the image, patches differ by a pixel. */
export function majorityPatchLabels(options: MajorityPatchLabelsOptions): Uint8Array {
  const { pixelLabels, height, width, grid, minimumShare = 0 } = options;
  assertInteger('majorityPatchLabels', 'height', height, { least: grid.rows });
  assertInteger('majorityPatchLabels', 'width', width, { least: grid.columns });
  assertLength('majorityPatchLabels', 'pixelLabels', pixelLabels, height * width);
  assertRange('majorityPatchLabels', 'minimumShare', minimumShare, 0, 1);
  const [edgesY, edgesX] = [cellEdges(height, grid.rows), cellEdges(width, grid.columns)];
  const votes = new Uint32Array(256);
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const row = Math.floor(patch / grid.columns);
    const column = patch % grid.columns;
    const [top, bottom] = [edgesY[row]!, edgesY[row + 1]!];
    const [left, right] = [edgesX[column]!, edgesX[column + 1]!];
    votes.fill(0);
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) votes[pixelLabels[y * width + x]!]!++;
    const most = votes.reduce((highest, count) => Math.max(highest, count), 0);
    return most < minimumShare * (bottom - top) * (right - left) ? ignoredLabel : votes.indexOf(most);
  });
}
