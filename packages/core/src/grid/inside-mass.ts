// The patches that hold most of a map: foreground as the attention pictures of DINO and iBOT show it.

import type { PatchGrid } from './patch-grid';
import { rankByScore } from './rank-by-score';

/**
 * [N] 1 where a patch belongs to the smallest set of some map that holds `share` of the map's sum, else 0. `maps` [P, N] must not
 * be negative; of equal patches the first belongs to a set before the others.
 */
export function insideMass(maps: Float32Array, { patchCount }: PatchGrid, share: number): Uint8Array {
  const inside = new Uint8Array(patchCount);
  for (let start = 0; start < maps.length; start += patchCount) {
    const map = maps.subarray(start, start + patchCount);
    let missing = share * map.reduce((sum, value) => sum + value, 0);
    for (const patch of rankByScore(map)) {
      if (missing <= 0) break;
      inside[patch] = 1;
      missing -= map[patch]!;
    }
  }
  return inside;
}
