// How large the blocks of a batch are: drawn once for all its images, so that their index lists have one length.

import type { PatchGrid, Rng } from '@semmae/core';

import { roundHalfToEven } from '../round-half-to-even';

/** Ends of a uniform draw, least first. */
export type Interval = readonly [least: number, most: number];

/** Rows and columns of patches of a block. */
export interface BlockSize {
  rows: number;
  columns: number;
}

export interface BlockSizeOptions {
  /** Share of the grid's patches. */
  scale: Interval;
  /** Rows over columns. */
  aspect: Interval;
  /**
   * As published: one draw sets both scale and aspect, and no block is as long as a side of the grid. Otherwise two draws
   * and blocks up to the whole grid.
   */
  faithful: boolean;
}

/** A block of a random share of the grid and a random aspect, cut to what fits. It may be empty on small grids. */
export function drawBlockSize(grid: PatchGrid, { scale, aspect, faithful }: BlockSizeOptions, rng: Rng): BlockSize {
  const draw = rng.uniform();
  const area = Math.trunc(grid.patchCount * within(scale, draw));
  const ratio = within(aspect, faithful ? draw : rng.uniform());
  const margin = faithful ? 1 : 0;
  return {
    rows: Math.min(roundHalfToEven(Math.sqrt(area * ratio)), grid.rows - margin),
    columns: Math.min(roundHalfToEven(Math.sqrt(area / ratio)), grid.columns - margin),
  };
}

function within([least, most]: Interval, draw: number): number {
  return least + draw * (most - least);
}
