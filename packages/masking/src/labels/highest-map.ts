// Which of several maps is highest at each patch: the argmax that makes parts of soft maps.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { assertScores } from '../guidance';

/** The maps of an image one by one, [P] of [N]; refuses lengths that are no maps of the grid, more than 255, and NaN. */
export function mapsOf(where: string, name: string, maps: Float32Array, { patchCount }: PatchGrid): Float32Array[] {
  const mapCount = maps.length / patchCount;
  if (!Number.isInteger(mapCount) || mapCount < 1 || mapCount > 255) {
    throw new SemmaeError({
      where,
      requirement: `${name} must hold 1 to 255 maps of ${patchCount} patches`,
      got: `${maps.length} values`,
      remedy: 'pass the maps of one image, map after map, without the class token',
    });
  }
  return Array.from({ length: mapCount }, (_, index) => {
    const map = maps.subarray(index * patchCount, (index + 1) * patchCount);
    assertScores(where, `${name} (map ${index})`, map);
    return map;
  });
}

/** [N] 1 for the first map up to P for the last; the lower id among equals. */
export function highestMap(maps: readonly Float32Array[]): Uint8Array {
  return Uint8Array.from(maps[0]!, (_, patch) => {
    let highest = 0;
    for (let map = 1; map < maps.length; map++) if (maps[map]![patch]! > maps[highest]![patch]!) highest = map;
    return highest + 1;
  });
}
