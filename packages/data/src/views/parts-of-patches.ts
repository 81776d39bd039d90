// From a part id per pixel to a part id per patch.

import { assertLength, type PatchGrid, SemmaeError } from '@semmae/core';

export interface PartsOfPatchesOptions {
  height: number;
  width: number;
  grid: PatchGrid;
}

/** The part that covers most pixels of each patch (ties go to the lowest id): [H, W] to [N]. */
export function partsOfPatches(parts: Uint8Array, { height, width, grid }: PartsOfPatchesOptions): Uint8Array {
  assertLength('partsOfPatches', 'parts', parts, height * width);
  if (height % grid.rows !== 0 || width % grid.columns !== 0) {
    throw new SemmaeError({
      where: 'partsOfPatches',
      requirement: `a grid of ${grid.rows}x${grid.columns} patches must divide the part map`,
      got: `${height}x${width}`,
    });
  }
  const [patchHeight, patchWidth] = [height / grid.rows, width / grid.columns];
  const counts = new Int32Array(256);
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    counts.fill(0);
    const top = Math.floor(patch / grid.columns) * patchHeight;
    const left = (patch % grid.columns) * patchWidth;
    for (let y = top; y < top + patchHeight; y++) {
      for (let x = left; x < left + patchWidth; x++) counts[parts[y * width + x]!]!++;
    }
    return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  });
}
