// Part ids from a segmentation of the pixels: the user's own, or that of any model.

import { type ImageSize, type MajorityLabelsOptions, majorityLabels, type PatchGrid } from '@semmae/core';

export type PartsFromSegmentationOptions = Omit<MajorityLabelsOptions, 'where'>;

/**
 * [N] for `context.parts`: `majorityLabels` of the ids [H, W] of an image's pixels, 0 to 255, which are kept as they are. Masking
 * reads them as names only.
 */
export function partsFromSegmentation(
  pixelIds: ArrayLike<number>,
  size: ImageSize,
  grid: PatchGrid,
  options: PartsFromSegmentationOptions = {},
): Uint8Array {
  return majorityLabels(pixelIds, size, grid, { ...options, where: 'partsFromSegmentation' });
}
