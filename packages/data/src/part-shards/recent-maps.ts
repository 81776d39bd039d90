// Keeps the part maps that were used last.

import type { PatchParts } from './part-shard';

export interface RecentMaps {
  find(index: number): PatchParts | undefined;
  keep(index: number, maps: PatchParts): PatchParts;
}

/** Keeps at most `capacity` images; the one that was not used for longest goes first. */
export function recentMaps(capacity: number): RecentMaps {
  const kept = new Map<number, PatchParts>(); // in the order of their last use
  function keep(index: number, maps: PatchParts): PatchParts {
    kept.delete(index);
    kept.set(index, maps);
    if (kept.size > capacity) kept.delete(kept.keys().next().value!);
    return maps;
  }
  return {
    find(index) {
      const maps = kept.get(index);
      return maps === undefined ? undefined : keep(index, maps);
    },
    keep,
  };
}
