// Which patch each pixel of an image belongs to.

import { assertInteger, assertLength } from '../checks';
import type { PatchGrid } from './patch-grid';

/** Sides in pixels; each at least as long as its side of the grid. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** The patch of pixel (y, x) is `rowStart[y] + column[x]`. */
export interface PixelPatches {
  /** [H] first patch of the row of patches that holds each row of pixels. */
  readonly rowStart: Int32Array;
  /** [W] column of patches that holds each column of pixels. */
  readonly column: Int32Array;
}

/**
 * A pixel belongs to the patch that holds its center, so painting patches over their pixels is nearest-neighbor upsampling.
 * Images must be at least as large as their grid; where the grid does not divide them, patches differ by a row or column of
 * pixels. `values` must hold `channels` per pixel.
 */
export function pixelPatches(
  where: string,
  values: ArrayLike<unknown>,
  { height, width }: ImageSize,
  { rows, columns }: PatchGrid,
  channels = 1,
): PixelPatches {
  const remedy = 'sides are counted in pixels and hold at least one per patch';
  assertInteger(where, 'height', height, { least: rows, remedy });
  assertInteger(where, 'width', width, { least: columns, remedy });
  assertLength(
    where,
    'pixels',
    values,
    height * width * channels,
    `give ${channels === 1 ? 'one value' : `${channels} values`} per pixel of ${height}x${width}, row by row`,
  );
  return {
    rowStart: cellOfEach(height, rows).map((row) => row * columns),
    column: cellOfEach(width, columns),
  };
}

/** [length] which of `cells` equal stretches holds the middle of each unit. */
function cellOfEach(length: number, cells: number): Int32Array {
  return Int32Array.from({ length }, (_, unit) => Math.floor(((unit + 0.5) * cells) / length));
}
