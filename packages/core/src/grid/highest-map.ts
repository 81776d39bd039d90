// Which of several maps is highest at each patch: the argmax that makes parts of soft maps.

import type { PatchGrid } from './patch-grid';

/** [N] the highest of the `maps` [P, N] at each patch, 1 for the first map to P for the last; the first of equally high ones. */
export function highestMap(maps: Float32Array, { patchCount }: PatchGrid): Uint8Array {
  return Uint8Array.from({ length: patchCount }, (_, patch) => {
    let highest = patch;
    for (let at = patch + patchCount; at < maps.length; at += patchCount) if (maps[at]! > maps[highest]!) highest = at;
    return 1 + Math.floor(highest / patchCount);
  });
}
