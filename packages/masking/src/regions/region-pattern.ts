// The pattern that random regions are cut from: uniform noise of few cells, enlarged smoothly.

import type { PatchGrid, Rng } from '@semmae/core';

/** A field of smooth noise, many grids large. */
export interface RegionPattern {
  readonly rows: number;
  readonly columns: number;
  /** [rows * columns] between 0 and 1, a little beyond where the interpolation overshoots. */
  readonly values: Float32Array;
}

/**
 * Uniform noise enlarged by bicubic interpolation (Keys, a = -0.5, edges repeated). A cell of the noise is as wide as
 * sqrt(N) / `cells` patches, and the pattern is `patternGrids` times the grid both ways.
 */
export function regionPattern(grid: PatchGrid, cells: number, patternGrids: number, rng: Rng): RegionPattern {
  const rows = patternGrids * grid.rows;
  const columns = patternGrids * grid.columns;
  const cellSide = Math.sqrt(grid.patchCount) / cells;
  const noiseRows = Math.ceil(rows / cellSide);
  const noiseColumns = Math.ceil(columns / cellSide);
  const noise = Float32Array.from({ length: noiseRows * noiseColumns }, () => rng.uniform());
  const wide = enlargeColumns(noise, noiseColumns, interpolation(noiseColumns, columns, cellSide));
  return { rows, columns, values: enlargeRows(wide, columns, interpolation(noiseRows, rows, cellSide)) };
}

/** The four cells that each place is made of, and their weights. */
interface Interpolation {
  /** [4 * places] */
  cells: Int32Array;
  /** [4 * places] summing to 1 for each place. */
  weights: Float32Array;
}

function interpolation(cellCount: number, places: number, cellSide: number): Interpolation {
  const cells = new Int32Array(4 * places);
  const weights = new Float32Array(4 * places);
  for (let tap = 0; tap < cells.length; tap++) {
    const position = ((tap >> 2) + 0.5) / cellSide - 0.5;
    const cell = Math.floor(position) - 1 + (tap & 3);
    cells[tap] = Math.min(cellCount - 1, Math.max(0, cell));
    weights[tap] = cubicWeight(position - cell);
  }
  return { cells, weights };
}

/** Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, with a = -0.5. */
function cubicWeight(offset: number): number {
  const distance = Math.abs(offset);
  if (distance <= 1) return 1 + distance * distance * (1.5 * distance - 2.5);
  return distance < 2 ? 2 + distance * (-4 + distance * (2.5 - 0.5 * distance)) : 0;
}

/** [rows, cellCount] -> [rows, places] */
function enlargeColumns(values: Float32Array, cellCount: number, { cells, weights }: Interpolation): Float32Array {
  const places = cells.length / 4;
  const enlarged = new Float32Array((values.length / cellCount) * places);
  for (let target = 0, start = 0; start < values.length; start += cellCount) {
    for (let tap = 0; tap < cells.length; target++) {
      let sum = 0;
      for (const end = tap + 4; tap < end; tap++) sum += weights[tap]! * values[start + cells[tap]!]!;
      enlarged[target] = sum;
    }
  }
  return enlarged;
}

/** [cellCount, columns] -> [places, columns] */
function enlargeRows(values: Float32Array, columns: number, { cells, weights }: Interpolation): Float32Array {
  const enlarged = new Float32Array((cells.length / 4) * columns);
  for (let tap = 0; tap < cells.length; tap++) {
    const source = cells[tap]! * columns;
    const target = (tap >> 2) * columns;
    const weight = weights[tap]!;
    for (let column = 0; column < columns; column++) enlarged[target + column]! += weight * values[source + column]!;
  }
  return enlarged;
}
