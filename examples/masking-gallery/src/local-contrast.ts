// A score for each patch that any picture has: in place of a teacher's attention.

import type { PatchGrid } from '@semmae/core';
import type { Picture } from '@semmae/report';

/** [N] standard deviation of brightness over the 3 x 3 patches around each, 0..127: high on objects, low on even ground. */
export function localContrast({ pixels, height, width }: Picture, grid: PatchGrid): Float32Array {
  const [cellHeight, cellWidth] = [height / grid.rows, width / grid.columns];
  return Float32Array.from({ length: grid.patchCount }, (_, patch) => {
    const [row, column] = [Math.floor(patch / grid.columns), patch % grid.columns];
    const [top, bottom] = [Math.max(0, row - 1) * cellHeight, Math.min(grid.rows, row + 2) * cellHeight];
    const [left, right] = [Math.max(0, column - 1) * cellWidth, Math.min(grid.columns, column + 2) * cellWidth];
    let [sum, squares] = [0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = (y * width + x) * 3;
        const brightness = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
        sum += brightness;
        squares += brightness ** 2;
      }
    }
    const count = (bottom - top) * (right - left);
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  });
}
