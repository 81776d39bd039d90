// The percentage in each cell of a large heat map.

import type { PatchGrid } from '@semmae/core';

import { mappedColor } from '../pictures/color-map';
import { neverMark } from './frequency-cells';
import { svgText } from './svg-text';

/** SVG: whole percents in ink that is read on the cell's color; a cross where a patch is never hidden. */
export function cellNumbers(
  frequency: ArrayLike<number>,
  grid: PatchGrid,
  cell: number,
  { top, left }: { top: number; left: number },
): string {
  return Array.from(frequency, (share, patch) => {
    const x = left + ((patch % grid.columns) + 0.5) * cell;
    const y = top + (Math.floor(patch / grid.columns) + 0.5) * cell;
    if (share === 0) return neverMark(x, y, cell);
    const [red, green, blue] = mappedColor(share, 'viridis');
    const fill = 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? '#1f2226' : '#f5f4f0';
    return svgText(wholePercent(share), { x, y: y + 4, size: 11, anchor: 'middle', fill });
  }).join('');
}

/** Rarely is not never, and nearly always is not always. */
function wholePercent(share: number): string {
  if (share < 0.005) return '<1';
  if (share >= 0.995 && share < 1) return '>99';
  return (share * 100).toFixed(0);
}
