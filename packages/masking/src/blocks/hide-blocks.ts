// The block sampler of BEiT: rectangles of random size and shape until the count is reached or nothing more fits.

import { type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import { roundHalfToEven } from '../round-half-to-even';
import { hideRectangle } from './hide-rectangle';

/** The blocks that may be drawn; all of it is trusted here and checked by the strategies. */
export interface BlockShape {
  /** Smallest area drawn, in patches. The last blocks may be smaller. */
  minimumBlock: number;
  /** Most patches that one block may add; Infinity for as many as are missing. */
  maximumBlock: number;
  /** Blocks have height / width between this and its inverse, in (0, 1). */
  minimumAspect: number;
}

/** A block gives up after this many draws that do not fit; BEiT then leaves the mask short. */
const drawsPerBlock = 10;

/**
 * Writes a mask of blocks over all N entries of `hidden` (1 = masked) and returns how many patches are hidden: at most
 * `target`, which may be fractional (iBOT), often fewer and at worst none. Blocks are shorter than the grid both ways.
 *
 * A draw is: area uniform between `minimumBlock` and what is missing, in either order; aspect log-uniform; then, if the
 * block fits, its place.
 *
 * Reference: Bao et al., "BEiT", Algorithm 1, https://arxiv.org/abs/2106.08254, with the ten tries of its code
 */
export function hideBlocks(
  { rows, columns }: PatchGrid,
  target: number,
  { minimumBlock, maximumBlock, minimumAspect }: BlockShape,
  hidden: Uint8Array,
  rng: Rng,
): number {
  const logAspect = Math.log(minimumAspect);
  const tallest = longestBlock(rows);
  const widest = longestBlock(columns);
  hidden.fill(0);
  let count = 0;
  let failures = 0;
  while (count < target && failures < drawsPerBlock) {
    const most = Math.min(target - count, maximumBlock);
    const area = minimumBlock + (most - minimumBlock) * rng.uniform();
    const aspect = Math.exp(logAspect - 2 * logAspect * rng.uniform());
    const height = roundHalfToEven(Math.sqrt(area * aspect));
    const width = roundHalfToEven(Math.sqrt(area / aspect));
    let added = 0;
    if (height <= tallest && width <= widest) {
      const top = rng.integer(rows - height + 1); // inclusive: the last row and column are reached
      const left = rng.integer(columns - width + 1);
      added = hideRectangle(hidden, columns, top, left, height, width, most);
    }
    count += added;
    failures = added > 0 ? 0 : failures + 1;
  }
  return count;
}

/** A block is shorter than the grid, except that a grid of one row has blocks of one row. */
function longestBlock(side: number): number {
  return Math.max(1, side - 1);
}

/** Throws where no block can ever be drawn, so that a strategy of blocks is not random masking in disguise. */
export function assertBlocksFit(
  where: string,
  { rows, columns }: PatchGrid,
  target: number,
  { minimumBlock, maximumBlock, minimumAspect }: BlockShape,
): void {
  const tallest = longestBlock(rows) + 0.5; // what still rounds down to a length that fits
  const widest = longestBlock(columns) + 0.5;
  const largestArea = Math.min(tallest, widest / minimumAspect) * Math.min(widest, tallest / minimumAspect);
  if (Math.min(minimumBlock, target, maximumBlock) <= largestArea) return;
  throw new SemmaeError({
    where,
    requirement: `blocks of ${minimumBlock} patches with aspects from ${minimumAspect} must fit inside the grid`,
    got: `${rows}x${columns} patches`,
    remedy: 'lower minimumBlock or minimumAspect',
  });
}
