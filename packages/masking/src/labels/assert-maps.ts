// The check of maps over the patches of one image.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { assertScores } from '../guidance';

/** Passes [P, N] with 1 to 255 maps of the grid's patches and no NaN. */
export function assertMaps(where: string, name: string, maps: Float32Array, { patchCount }: PatchGrid): void {
  const mapCount = maps.length / patchCount;
  if (!Number.isInteger(mapCount) || mapCount < 1 || mapCount > 255) {
    throw new SemmaeError({
      where,
      requirement: `${name} must hold 1 to 255 maps of ${patchCount} patches`,
      got: `${maps.length} values`,
      remedy: 'pass the maps of one image, map after map, without the class token',
    });
  }
  for (let map = 0; map < mapCount; map++) {
    assertScores(where, `${name} (map ${map})`, maps.subarray(map * patchCount, (map + 1) * patchCount));
  }
}
