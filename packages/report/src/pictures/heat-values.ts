// Patch values stretched over the pixels of an image, for heat maps.

import type { PatchGrid } from '@semmae/core';

import { imageCells } from './image-cells';

export type HeatInterpolation = 'nearest' | 'bilinear';

/**
 * One value per pixel [H * W] from one value per patch [N].
 *
 * Bilinear: patch values stand at patch centers (pixel centers, no aligned corners) and are held constant beyond the outermost.
 */
export function heatValues(
  where: string,
  values: ArrayLike<number>,
  grid: PatchGrid,
  { height, width }: { height: number; width: number },
  interpolation: HeatInterpolation,
): Float32Array {
  const { cellHeight, cellWidth } = imageCells(where, grid, { height, width });
  const smooth = interpolation === 'bilinear';
  const heat = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const vertical = neighbors((y + 0.5) / cellHeight - 0.5, grid.rows, smooth);
    for (let x = 0; x < width; x++) {
      const horizontal = neighbors((x + 0.5) / cellWidth - 0.5, grid.columns, smooth);
      const above = between(values, vertical.low * grid.columns, horizontal);
      const below = between(values, vertical.high * grid.columns, horizontal);
      heat[y * width + x] = above + (below - above) * vertical.share;
    }
  }
  return heat;
}

interface Neighbors {
  low: number;
  high: number;
  /** Weight of `high`, in [0, 1]. */
  share: number;
}

function neighbors(position: number, count: number, smooth: boolean): Neighbors {
  const inside = Math.min(Math.max(position, 0), count - 1);
  const low = smooth ? Math.floor(inside) : Math.round(inside);
  return { low, high: Math.min(smooth ? low + 1 : low, count - 1), share: smooth ? inside - low : 0 };
}

function between(values: ArrayLike<number>, start: number, { low, high, share }: Neighbors): number {
  const left = values[start + low]!;
  return left + (values[start + high]! - left) * share;
}
