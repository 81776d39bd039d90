// Grid-wise masking: one patch of every cell stays visible, MAE's regular alternative to random masks.

import { assertInteger, type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import type { MaskingStrategy } from './masking-strategy';
import { strategyFromHide } from './strategy-from-hide';

export interface GridMaskingOptions {
  /** Side of a cell in patches, at least 2. Default 2: one of every 2 x 2 patches stays visible, ratio 0.75 (MAE §4.1). */
  cell?: number | undefined;
  /**
   * Which patch of a cell stays visible: the same `[row, column]` in each, from 0 to cell - 1, or `random`, drawn for
   * each cell. Default `[0, 0]`, a regular grid that draws nothing.
   */
  place?: 'random' | readonly [row: number, column: number] | undefined;
}

/**
 * Keeps one patch of every `cell` x `cell` patches and hides the others.
 *
 * Cells begin at the upper left. Where they do not divide the grid, the last row and column of cells are smaller and
 * still keep one patch (the one nearest to the fixed place), so ceil(rows / cell) * ceil(columns / cell) patches are
 * visible on any grid: 49 of 196, and 16 of 49.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", Figure 6 and Table 1f,
 * https://arxiv.org/abs/2111.06377
 */
export function gridMasking({ cell = 2, place = [0, 0] }: GridMaskingOptions = {}): MaskingStrategy {
  assertInteger('gridMasking', 'cell', cell, { least: 2 });
  if (place !== 'random') assertPlace(place, cell);
  const [fixedRow, fixedColumn] = place === 'random' ? [] : place;
  return strategyFromHide({
    name: 'grid',
    hide({ grid }, hidden, rng) {
      if (grid.patchCount === 1) throw nothingToHide(grid);
      hidden.fill(1);
      for (let top = 0; top < grid.rows; top += cell) {
        const height = Math.min(cell, grid.rows - top);
        for (let left = 0; left < grid.columns; left += cell) {
          const width = Math.min(cell, grid.columns - left);
          const row = placeWithin(height, fixedRow, rng);
          const column = placeWithin(width, fixedColumn, rng);
          hidden[(top + row) * grid.columns + left + column] = 0;
        }
      }
    },
  });
}

/** The fixed place, or the nearest to it that exists, or a random one. */
function placeWithin(length: number, fixed: number | undefined, rng: Rng): number {
  return fixed === undefined ? rng.integer(length) : Math.min(fixed, length - 1);
}

function assertPlace(place: readonly number[], cell: number): void {
  const isInside = place.length === 2 && place.every((at) => Number.isInteger(at) && at >= 0 && at < cell);
  if (isInside) return;
  throw new SemmaeError({
    where: 'gridMasking',
    requirement: `place must be 'random' or [row, column] from 0 to ${cell - 1}`,
    got: place,
    remedy: 'rows and columns count from the upper left of a cell',
  });
}

function nothingToHide({ rows, columns }: PatchGrid): SemmaeError {
  return new SemmaeError({
    where: 'gridMasking',
    requirement: 'the grid must hold more patches than cells',
    got: `${rows} x ${columns} patches`,
    remedy: 'use smaller patches',
  });
}
