// How often each patch is hidden, large enough to read numbers off it.

import { assertInteger, type PatchGrid } from '@semmae/core';

import { drawnOver } from '../pictures/drawn-over';
import { pastePicture } from '../pictures/paste-picture';
import { filledPicture, type Picture } from '../pictures/picture';
import { cellNumbers } from './cell-numbers';
import { assertFrequency, frequencyMarks, frequencyPicture } from './frequency-cells';
import { describeFrequency } from './frequency-range';
import { frequencyKeys, frequencyScale } from './frequency-scale';
import { softInk, svgLayer, svgText } from './svg-text';

export interface MaskHeatMapOptions {
  grid: PatchGrid;
  /** [N] share of masks that hide each patch, in [0, 1]; `maskFrequency` of @semmae/masking gives it. */
  frequency: ArrayLike<number>;
  title?: string;
  /** Pixels of a patch. Default 30; from 26 on each cell also holds its number. */
  cellSize?: number;
}

const margin = 16;
const axisWidth = 26;
const titleHeight = 52;
const scaleHeight = 74;
const leastNumberedCell = 26;
const leastWidth = 300; // for the legend

/**
 * A heat map of mask frequencies with row and column numbers, the percentage in each cell, and a scale from 0 to 100 % that
 * is the same for every strategy. Patches that are never hidden are pale with a cross.
 *
 * Throws when `frequency` has another length than the grid, or values outside [0, 1].
 */
export async function maskHeatMap({
  grid,
  frequency,
  title = '',
  cellSize = 30,
}: MaskHeatMapOptions): Promise<Picture> {
  assertInteger('maskHeatMap', 'cellSize', cellSize);
  assertFrequency('maskHeatMap', frequency, grid);
  const cells = frequencyPicture(frequency, grid, cellSize);
  const [top, left] = [margin + titleHeight + 14, margin + axisWidth];
  const width = left + Math.max(cells.width, leastWidth) + margin;
  const sheet = filledPicture(top + cells.height + scaleHeight + margin, width, [255, 255, 255]);
  pastePicture(cells, sheet, top, left);
  const below = top + cells.height + 16;
  const shapes = [
    svgText(title, { x: left, y: margin + 16, size: 16, bold: true, maximumWidth: width - left }),
    svgText(describeFrequency(frequency), { x: left, y: margin + 37, size: 13, fill: softInk }),
    ...axisNumbers(grid, cellSize, { top, left }),
    cellSize >= leastNumberedCell
      ? cellNumbers(frequency, grid, cellSize, { top, left })
      : frequencyMarks(frequency, grid, cellSize, { top, left }),
    frequencyScale({ top: below, left, width: Math.max(cells.width, leastWidth) - 20 }),
    frequencyKeys({ top: below + 42, left, always: cellSize < leastNumberedCell }),
  ];
  return drawnOver(sheet, svgLayer(sheet, shapes));
}

/** Row numbers left of the map, column numbers above it, from 0 as patches count; every second where cells are small. */
function axisNumbers(grid: PatchGrid, cell: number, { top, left }: { top: number; left: number }): string[] {
  const every = Math.ceil(20 / cell);
  const label = { size: 11, fill: softInk };
  const rows = Array.from({ length: Math.ceil(grid.rows / every) }, (_, index) =>
    svgText(String(index * every), { ...label, x: left - 6, y: top + (index * every + 0.5) * cell + 4, anchor: 'end' }),
  );
  const columns = Array.from({ length: Math.ceil(grid.columns / every) }, (_, index) =>
    svgText(String(index * every), { ...label, x: left + (index * every + 0.5) * cell, y: top - 5, anchor: 'middle' }),
  );
  return [...rows, ...columns];
}
