// From a mask of pixels to a mask of patches.

import { type ImageSize, type PatchGrid, pixelPatches, SemmaeError } from '@semmae/core';

/** A patch is hidden where any, all, or more than half of its pixels are masked; a number in (0, 1] is the least share of them. */
export type PoolingRule = 'any' | 'all' | 'majority' | number;

/**
 * [N] 1 = hidden, from a mask of pixels [H, W] in row-major order (true or 1 = masked): what `userMasking` takes, as it is
 * or from a function of the image. How many patches it hides depends on the mask.
 *
 * Throws on other sizes, images smaller than the grid and values that are neither 0 nor 1: pool soft masks with `pooledScores`.
 */
export function pooledMask(
  pixels: readonly boolean[] | Uint8Array,
  size: ImageSize,
  grid: PatchGrid,
  { rule }: { rule: PoolingRule },
): Uint8Array {
  const isHidden = hiddenBy(rule);
  const { rowStart, column } = pixelPatches('pooledMask', pixels, size, grid);
  const masked = new Int32Array(grid.patchCount);
  const areas = new Int32Array(grid.patchCount);
  for (let y = 0, pixel = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, pixel++) {
      const patch = rowStart[y]! + column[x]!;
      masked[patch]! += maskedPixel(pixels[pixel]!, pixel);
      areas[patch]! += 1;
    }
  }
  return Uint8Array.from(masked, (count, patch) => +isHidden(count, areas[patch]!));
}

function hiddenBy(rule: PoolingRule): (count: number, area: number) => boolean {
  if (rule === 'any') return (count) => count > 0;
  if (rule === 'all') return (count, area) => count === area;
  if (rule === 'majority') return (count, area) => 2 * count > area;
  if (rule > 0 && rule <= 1) return (count, area) => count / area >= rule;
  throw new SemmaeError({
    where: 'pooledMask',
    requirement: 'rule must be any, all, majority or a share in (0, 1]',
    got: rule,
  });
}

function maskedPixel(value: boolean | number, pixel: number): number {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw new SemmaeError({
    where: 'pooledMask',
    requirement: 'pixels must be booleans, or 0 and 1',
    got: `${value} at pixel ${pixel}`,
    remedy: 'set masked pixels to 1, or pool a soft mask with pooledScores',
  });
}
