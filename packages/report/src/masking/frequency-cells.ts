// The cells of a mask-frequency heat map: colors between the ends of the scale, marks at the ends themselves.

import { assertLength, type PatchGrid, SemmaeError } from '@semmae/core';

import { mappedColor } from '../pictures/color-map';
import { forEachPatchPixel } from '../pictures/image-cells';
import { type Color, filledPicture, type Picture } from '../pictures/picture';

/** Cells that no draw ever hid lie outside the color scale, so that one forgotten row is seen at once. */
export const neverHiddenColor: Color = [240, 239, 236];
const neverHiddenMark = '#a7a49c';
const alwaysHiddenMark = '#7a6a00';
/** Marks in smaller cells would be smudges; the color says it alone there. */
const leastMarkedCell = 6;

/** Passes N frequencies in [0, 1]. */
export function assertFrequency(where: string, frequency: ArrayLike<number>, grid: PatchGrid): void {
  assertLength(where, 'frequency', frequency, grid.patchCount, 'one value per patch; maskFrequency gives them');
  const wrong = Array.from(frequency).findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong < 0) return;
  throw new SemmaeError({
    where,
    requirement: 'frequency must lie in [0, 1]',
    got: `${frequency[wrong]} at patch ${wrong}`,
    remedy: 'divide counts by the number of masks',
  });
}

/** One square of `cell` pixels per patch, viridis on the fixed scale 0..1; 0 itself is pale. */
export function frequencyPicture(frequency: ArrayLike<number>, grid: PatchGrid, cell: number): Picture {
  const picture = filledPicture(grid.rows * cell, grid.columns * cell, neverHiddenColor);
  for (let patch = 0; patch < grid.patchCount; patch++) {
    if (frequency[patch] === 0) continue;
    const color = mappedColor(frequency[patch]!, 'viridis');
    forEachPatchPixel(patch, grid, { cellHeight: cell, cellWidth: cell }, (offset) =>
      picture.pixels.set(color, offset),
    );
  }
  return picture;
}

/** SVG: a cross on cells that are never hidden, a dot on those that always are; nothing where cells are too small. */
export function frequencyMarks(
  frequency: ArrayLike<number>,
  grid: PatchGrid,
  cell: number,
  { top, left }: { top: number; left: number },
): string {
  if (cell < leastMarkedCell) return '';
  return Array.from(frequency, (value, patch) => {
    const x = left + ((patch % grid.columns) + 0.5) * cell;
    const y = top + (Math.floor(patch / grid.columns) + 0.5) * cell;
    if (value === 0) return neverMark(x, y, cell);
    return value === 1 ? alwaysMark(x, y, cell) : '';
  }).join('');
}

/** A cross around (x, y). */
export function neverMark(x: number, y: number, cell: number): string {
  const arm = cell * 0.22;
  const path = `M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`;
  return `<path d="${path}" stroke="${neverHiddenMark}" stroke-width="1" fill="none"/>`;
}

/** A dot around (x, y). */
export function alwaysMark(x: number, y: number, cell: number): string {
  return `<circle cx="${x}" cy="${y}" r="${cell * 0.14}" fill="${alwaysHiddenMark}"/>`;
}
