// What of a pattern is hidden, with the hidden area of any crop at hand.

import { type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import type { RegionPattern } from './region-pattern';

/** A pattern below a threshold. */
export interface RegionAreas {
  readonly rows: number;
  readonly columns: number;
  /** [rows * columns] 1 = hidden. */
  readonly hidden: Uint8Array;
  /** [(rows + 1) * (columns + 1)] hidden patches above and left of each corner, so that four of them give any crop's. */
  readonly areas: Int32Array;
}

export function regionAreas({ rows, columns, values }: RegionPattern, threshold: number): RegionAreas {
  const hidden = Uint8Array.from(values, (value) => +(value < threshold));
  const areas = new Int32Array((rows + 1) * (columns + 1));
  for (let row = 0; row < rows; row++) {
    let inRow = 0;
    for (let column = 0; column < columns; column++) {
      inRow += hidden[row * columns + column]!;
      const corner = (row + 1) * (columns + 1) + column + 1;
      areas[corner] = areas[corner - columns - 1]! + inRow;
    }
  }
  return { rows, columns, hidden, areas };
}

/** More than half of the crops are rejected at the published bounds; this many rejections in a row mean that no crop will do. */
const mostCrops = 1000;

/** Writes a random crop to `hidden` [N], whose share of ones is strictly between `least` and `most`, or throws. */
export function drawRegion(
  where: string,
  { rows, columns, hidden: pattern, areas }: RegionAreas,
  grid: PatchGrid,
  [least, most]: readonly [least: number, most: number],
  hidden: Uint8Array,
  rng: Rng,
): void {
  const below = grid.rows * (columns + 1);
  let total = 0;
  for (let crops = 0; crops < mostCrops; crops++) {
    const top = rng.integer(rows - grid.rows + 1);
    const left = rng.integer(columns - grid.columns + 1);
    const corner = top * (columns + 1) + left;
    const right = corner + grid.columns;
    const share = (areas[right + below]! - areas[corner + below]! - areas[right]! + areas[corner]!) / grid.patchCount;
    if (share > least && share < most) {
      let patch = 0;
      for (let row = top; row < top + grid.rows; row++) {
        const start = row * columns + left;
        for (let column = 0; column < grid.columns; column++) hidden[patch++] = pattern[start + column]!;
      }
      return;
    }
    total += share;
  }
  throw new SemmaeError({
    where,
    requirement: `a masked share strictly between ${least} and ${most} must be found on ${grid.rows}x${grid.columns} patches`,
    got: `none in ${mostCrops} crops, whose shares are ${(total / mostCrops).toFixed(3)} on average`,
    remedy: 'widen share, or move threshold towards it',
  });
}
