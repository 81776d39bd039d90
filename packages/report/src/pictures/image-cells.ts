// How a patch grid lies on the pixels of an image.

import { type PatchGrid, SemmaeError } from '@semmae/core';

/** Sides of one patch in pixels; patches need not be square. */
export interface ImageCells {
  readonly cellHeight: number;
  readonly cellWidth: number;
}

/** Cuts an image into the cells of `grid`; both sides must be multiples of the grid's. */
export function imageCells(
  where: string,
  grid: PatchGrid,
  { height, width }: { height: number; width: number },
): ImageCells {
  if (height % grid.rows !== 0 || width % grid.columns !== 0) {
    throw new SemmaeError({
      where,
      requirement: `a grid of ${grid.rows}x${grid.columns} patches must divide the image`,
      got: `${height}x${width} pixels`,
      remedy: 'draw on the image at the size that the model saw',
    });
  }
  return { cellHeight: height / grid.rows, cellWidth: width / grid.columns };
}

/** Calls `visit` with the offset in `pixels` of each pixel of patch `patch`, row by row, and its place in the patch. */
export function forEachPatchPixel(
  patch: number,
  grid: PatchGrid,
  { cellHeight, cellWidth }: ImageCells,
  visit: (offset: number, row: number, column: number) => void,
): void {
  const top = Math.floor(patch / grid.columns) * cellHeight;
  const left = (patch % grid.columns) * cellWidth;
  const width = grid.columns * cellWidth;
  for (let row = 0; row < cellHeight; row++) {
    for (let column = 0; column < cellWidth; column++) visit(((top + row) * width + left + column) * 3, row, column);
  }
}

/** Passes lists of patch numbers that lie on the grid, none twice. */
export function assertPatchIndices(where: string, name: string, patches: ArrayLike<number>, grid: PatchGrid): void {
  const seen = new Uint8Array(grid.patchCount);
  for (let index = 0; index < patches.length; index++) {
    const patch = patches[index]!;
    const onGrid = Number.isInteger(patch) && patch >= 0 && patch < grid.patchCount;
    if (onGrid && seen[patch] === 0) {
      seen[patch] = 1;
      continue;
    }
    const rule = onGrid ? 'must name each patch once' : `must be patch numbers below ${grid.patchCount}`;
    const remedy = 'masks speak patches: leave out the class token';
    throw new SemmaeError({ where, requirement: `${name} ${rule}`, got: patch, remedy });
  }
}
