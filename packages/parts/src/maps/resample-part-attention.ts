// Attention maps at another patch size, resampled before the argmax rather than voted on after it.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

import { axisTaps } from './axis-taps';

export interface ResamplePartAttentionOptions {
  /** Maps, part after part: [P * N]. */
  attention: Float32Array;
  partCount: number;
  fromGrid: PatchGrid;
  toGrid: PatchGrid;
}

/**
 * Averages the area that each new patch covers where an axis shrinks (28x28 to 14x14: means of 2x2 cells), interpolates
 * linearly between patch centers where it grows. Keeps the level of the maps, so sums over positions scale with N.
 *
 * @returns [P * N']
 */
export function resamplePartAttention(options: ResamplePartAttentionOptions): Float32Array {
  const { attention, partCount, fromGrid, toGrid } = options;
  assertInteger('resamplePartAttention', 'partCount', partCount);
  assertLength('resamplePartAttention', 'attention', attention, partCount * fromGrid.patchCount);
  const rowTaps = axisTaps(fromGrid.rows, toGrid.rows);
  const columnTaps = axisTaps(fromGrid.columns, toGrid.columns);
  const resampled = new Float32Array(partCount * toGrid.patchCount);
  let position = 0;
  for (let part = 0; part < partCount; part++) {
    const start = part * fromGrid.patchCount;
    for (const rows of rowTaps) {
      for (const columns of columnTaps) {
        let sum = 0;
        for (const [row, rowWeight] of rows) {
          const line = start + row * fromGrid.columns;
          for (const [column, columnWeight] of columns) sum += rowWeight * columnWeight * attention[line + column]!;
        }
        resampled[position++] = sum;
      }
    }
  }
  return resampled;
}
