// The two drawings of a strategy by themselves, for galleries of a report.

import { assertInteger, type PatchGrid } from '@semmae/core';

import { drawnOver } from '../pictures/drawn-over';
import { filledPicture, type Picture } from '../pictures/picture';
import { assertCounts, countHistogram } from './count-histogram';
import { assertFrequency, frequencyMarks, frequencyPicture } from './frequency-cells';
import { svgLayer } from './svg-text';

export interface FrequencyTileOptions {
  grid: PatchGrid;
  /** [N] share of masks that hide each patch, in [0, 1]. */
  frequency: ArrayLike<number>;
  /** Pixels of a patch. Default 16; marks are drawn from 6 on. */
  cellSize?: number;
}

/** The heat map alone: viridis from 0 to 1, patches that are never hidden pale with a cross, those that always are with a dot. */
export async function frequencyTile({ grid, frequency, cellSize = 16 }: FrequencyTileOptions): Promise<Picture> {
  assertInteger('frequencyTile', 'cellSize', cellSize);
  assertFrequency('frequencyTile', frequency, grid);
  const picture = frequencyPicture(frequency, grid, cellSize);
  return drawnOver(picture, svgLayer(picture, [frequencyMarks(frequency, grid, cellSize, { top: 0, left: 0 })]));
}

export interface CountTileOptions {
  grid: PatchGrid;
  /** [N + 1] masks with exactly k hidden patches. */
  counts: ArrayLike<number>;
  height: number;
  width: number;
}

/** How many patches masks hide at once: bars on the axis 0 … N, the highest as high as the picture. */
export async function countTile({ grid, counts, height, width }: CountTileOptions): Promise<Picture> {
  assertCounts('countTile', counts, grid);
  const picture = filledPicture(height, width, [255, 255, 255]);
  return drawnOver(picture, svgLayer(picture, [countHistogram(counts, { top: 0, left: 0, height, width })]));
}
