// Attention maps at another patch size, resampled before the argmax rather than voted on after it.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

export interface ResamplePartAttentionOptions {
  /** Maps, part after part: [P * N]. */
  attention: Float32Array;
  partCount: number;
  fromGrid: PatchGrid;
  toGrid: PatchGrid;
}

/**
 * Averages the area that each new patch covers where an axis shrinks (28x28 to 14x14: means of 2x2 cells), interpolates
 * linearly between patch centres where it grows. Keeps the level of the maps, so sums over positions scale with N.
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

type Tap = readonly [index: number, weight: number];

/** For each new position the old positions it reads, with weights that sum to 1. */
function axisTaps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, position) =>
    to < from ? areaTaps(position, from, to) : linearTaps(position, from, to),
  );
}

function areaTaps(position: number, from: number, to: number): Tap[] {
  // Overlaps in units of 1 / to of an old patch: whole numbers, so nothing is lost at the edges.
  const [begin, end] = [position * from, (position + 1) * from];
  const taps: Tap[] = [];
  for (let index = Math.floor(begin / to); index * to < end; index++) {
    const overlap = Math.min(end, (index + 1) * to) - Math.max(begin, index * to);
    taps.push([index, overlap / from]);
  }
  return taps;
}

function linearTaps(position: number, from: number, to: number): Tap[] {
  const centre = Math.min(from - 1, Math.max(0, ((position + 0.5) * from) / to - 0.5));
  const lower = Math.floor(centre);
  const fraction = centre - lower;
  if (fraction === 0) return [[lower, 1]];
  return [
    [lower, 1 - fraction],
    [lower + 1, fraction],
  ];
}
