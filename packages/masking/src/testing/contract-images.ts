// What both contract suites sample on, unless they are told.

import { createPatchGrid, type PatchGrid, type Rng } from '@semmae/core';

import type { MaskingContext } from '../masking-strategy';

/** Square, non-square, prime and one-row grids. */
export const contractGrids: readonly PatchGrid[] = [
  createPatchGrid(14, 14),
  createPatchGrid(6, 10),
  createPatchGrid(7, 11), // both sides and the smallest factors of N are prime
  createPatchGrid(1, 13),
  createPatchGrid(17, 1),
];

/** Random attention and 5 parts in horizontal bands, at half of training. */
export function bandedContext(grid: PatchGrid, rng: Rng): MaskingContext {
  return {
    grid,
    progress: 0.5,
    attention: Float32Array.from({ length: grid.patchCount }, () => rng.uniform()),
    parts: Uint8Array.from({ length: grid.patchCount }, (_, patch) => Math.floor((patch * 5) / grid.patchCount)),
  };
}

/** For `sort`. */
export function ascending(left: number, right: number): number {
  return left - right;
}
