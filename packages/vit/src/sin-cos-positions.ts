// Fixed two-dimensional sine-cosine position table.

import { type PatchGrid, SemmaeError } from '@semmae/core';

export interface SinCosPositionsOptions {
  grid: Pick<PatchGrid, 'rows' | 'columns'>;
  /** D, a multiple of 4. */
  width: number;
  /** Rows of zeros that come first, for tokens without a place such as the class token. Default 1. */
  prefixTokens?: number;
}

/**
 * The table of MAE's position embedding, row-major [prefixTokens + N, D].
 *
 * With frequencies w_j = 10000^(−j / (D/4)), j = 0 … D/4 − 1, patch (row, column) gets
 * [sin(column·w), cos(column·w), sin(row·w), cos(row·w)]: the first half of D says where along x, the second where along y.
 * Computed in float64, rounded once.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", appendix A.1, https://arxiv.org/abs/2111.06377
 */
export function sinCosPositions({ grid, width, prefixTokens = 1 }: SinCosPositionsOptions): Float32Array {
  if (!Number.isInteger(width) || width < 4 || width % 4 !== 0) {
    throw new SemmaeError({
      where: 'sinCosPositions',
      requirement: 'width must be a positive multiple of 4',
      got: width,
    });
  }
  const quarter = width / 4;
  const table = new Float32Array((prefixTokens + grid.rows * grid.columns) * width);
  let start = prefixTokens * width;
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      for (let j = 0; j < quarter; j++) {
        const frequency = 10_000 ** (-j / quarter);
        table[start + j] = Math.sin(column * frequency);
        table[start + quarter + j] = Math.cos(column * frequency);
        table[start + 2 * quarter + j] = Math.sin(row * frequency);
        table[start + 3 * quarter + j] = Math.cos(row * frequency);
      }
      start += width;
    }
  }
  return table;
}
