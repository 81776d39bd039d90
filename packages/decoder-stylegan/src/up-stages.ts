// How many doublings lead from the patch grid to the reconstructed image.

import { type PatchGrid, SemmaeError } from '@semmae/core';

/** The number of x2 stages from `grid` to an image of height x width pixels; both ratios must be the same power of two. */
export function upStagesFor(grid: PatchGrid, { height, width }: { height: number; width: number }): number {
  const stages = Math.log2(height / grid.rows);
  if (Number.isInteger(stages) && stages >= 0 && width === grid.columns * 2 ** stages) return stages;
  const nearest = Math.max(0, Math.round(Math.log2(Math.max(1, height / grid.rows))) || 0);
  throw new SemmaeError({
    where: 'upStagesFor',
    requirement: `the image must be ${grid.rows}x${grid.columns} times a power of two`,
    got: `${height}x${width}`,
    remedy: `resize the target images to ${grid.rows * 2 ** nearest}x${grid.columns * 2 ** nearest}`,
  });
}
