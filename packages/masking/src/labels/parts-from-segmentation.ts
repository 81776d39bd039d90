// Part ids from a segmentation of the pixels: the user's own, or that of any model.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { type ImageSize, pixelPatches } from '../pixel-patches';

export interface PartsFromSegmentationOptions {
  /** Id of pixels that have no label, such as the 255 of many data sets. They have no vote. Default: every pixel votes. */
  ignore?: number;
  /** Part of patches without any vote. Default 0, the background. */
  withoutVotes?: number;
}

/**
 * [N] for `context.parts`: the commonest id from 0 to 255 of each patch's pixels [H, W], the lower id among equals. Ids
 * are kept as they are.
 */
export function partsFromSegmentation(
  pixelIds: ArrayLike<number>,
  size: ImageSize,
  grid: PatchGrid,
  { ignore, withoutVotes = 0 }: PartsFromSegmentationOptions = {},
): Uint8Array {
  const { rowStart, column } = pixelPatches('partsFromSegmentation', pixelIds, size, grid);
  const idCount = assertIds(pixelIds) + 1;
  const votes = new Int32Array(grid.patchCount * idCount); // [N, ids]
  for (let y = 0, pixel = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, pixel++) {
      const id = pixelIds[pixel]!;
      if (id !== ignore) votes[(rowStart[y]! + column[x]!) * idCount + id]! += 1;
    }
  }
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const ofPatch = votes.subarray(patch * idCount, (patch + 1) * idCount);
    const most = Math.max(...ofPatch);
    return most === 0 ? withoutVotes : ofPatch.indexOf(most);
  });
}

/** The highest id. */
function assertIds(pixelIds: ArrayLike<number>): number {
  let highest = 0;
  for (let pixel = 0; pixel < pixelIds.length; pixel++) {
    const id = pixelIds[pixel]!;
    if (!(Number.isInteger(id) && id >= 0 && id <= 255)) {
      throw new SemmaeError({
        where: 'partsFromSegmentation',
        requirement: 'ids must be integers from 0 to 255',
        got: `${id} at pixel ${pixel}`,
        remedy: 'number the labels of the image from 0 on; masking reads them as names only',
      });
    }
    if (id > highest) highest = id;
  }
  return highest;
}
