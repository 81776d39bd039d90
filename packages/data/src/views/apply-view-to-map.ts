// Moves a map of ids or scores along with its image: nearest look-up, so that no id is ever mixed from two.

import { assertLength, type PatchGrid } from '@semmae/core';

import type { View } from './view';

export type ImageMap = Uint8Array | Uint16Array | Float32Array;

export interface PatchMapOptions {
  /** Size of the image that `view` was drawn for. */
  sourceHeight: number;
  sourceWidth: number;
  /** Grid of the map, laid over the whole source image. */
  sourceGrid: PatchGrid;
  /** Grid of the result, laid over the view. */
  targetGrid: PatchGrid;
}

/** For every patch of `targetGrid`, the value of `map` [rows, columns of sourceGrid] under the patch's center: [N]. */
export function applyViewToPatches<M extends ImageMap>(map: M, view: View, options: PatchMapOptions): M {
  const { sourceHeight, sourceWidth, sourceGrid, targetGrid } = options;
  assertLength('applyViewToPatches', 'map', map, sourceGrid.rows * sourceGrid.columns);
  return lookUp(map, view, { height: sourceHeight, width: sourceWidth }, sourceGrid, targetGrid);
}

export interface PixelMapOptions {
  /** Size of the map, which is the size of the image that `view` was drawn for. */
  sourceHeight: number;
  sourceWidth: number;
  /** Size of the result. */
  height: number;
  width: number;
}

/** For every pixel of the view resized to `height` x `width`, the value of `map` [H, W] under the pixel's center. */
export function applyViewToPixels<M extends ImageMap>(map: M, view: View, options: PixelMapOptions): M {
  const { sourceHeight, sourceWidth, height, width } = options;
  assertLength('applyViewToPixels', 'map', map, sourceHeight * sourceWidth);
  const sourceGrid = { rows: sourceHeight, columns: sourceWidth };
  return lookUp(map, view, { height: sourceHeight, width: sourceWidth }, sourceGrid, { rows: height, columns: width });
}

interface Cells {
  rows: number;
  columns: number;
}

function lookUp<M extends ImageMap>(
  map: M,
  view: View,
  image: { height: number; width: number },
  source: Cells,
  target: Cells,
): M {
  const length = target.rows * target.columns;
  const result = new (map.constructor as new (length: number) => M)(length);
  const sourceColumns = Int32Array.from({ length: target.columns }, (_, column) => {
    const across = (column + 0.5) / target.columns;
    const x = view.left + view.width * (view.flip ? 1 - across : across);
    return cellAt(x, image.width, source.columns);
  });
  for (let row = 0; row < target.rows; row++) {
    const y = view.top + (view.height * (row + 0.5)) / target.rows;
    const sourceRow = cellAt(y, image.height, source.rows) * source.columns;
    for (let column = 0; column < target.columns; column++) {
      result[row * target.columns + column] = map[sourceRow + sourceColumns[column]!]!;
    }
  }
  return result;
}

function cellAt(position: number, extent: number, cells: number): number {
  return Math.min(Math.floor((position / extent) * cells), cells - 1);
}
