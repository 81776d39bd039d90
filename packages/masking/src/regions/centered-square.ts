// Where a square in the center of a grid lies, and what of it is erased.

import { assertInteger, assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

/** Throws unless the overlap is a whole number of patches that leaves some of the square erased. */
export function assertOverlap(where: string, side: number, overlap = 0): void {
  assertInteger(where, 'overlap', overlap, { least: 0 });
  assertRange(where, 'overlap', overlap, 0, Math.ceil(side / 2) - 1);
}

/**
 * The first patch and the side of the erased square: `side` patches in the center (half a patch up or left where they
 * cannot be centered) without a border of `overlap`. Throws where it does not fit or nothing stays visible.
 */
export function centeredSquare(
  where: string,
  { rows, columns, patchCount }: PatchGrid,
  side: number,
  overlap = 0,
): { first: number; erased: number } {
  const erased = side - 2 * overlap;
  if (side > rows || side > columns || erased ** 2 === patchCount) {
    throw new SemmaeError({
      where,
      requirement: `the square must fit a grid of ${rows}x${columns} patches and leave some visible`,
      got: `side ${side}`,
      remedy: `half the shorter side is ${Math.floor(Math.min(rows, columns) / 2)}`,
    });
  }
  const top = Math.floor((rows - side) / 2) + overlap;
  const left = Math.floor((columns - side) / 2) + overlap;
  return { first: top * columns + left, erased };
}
