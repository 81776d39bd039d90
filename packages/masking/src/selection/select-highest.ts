// The patches with the highest scores, without sorting them.

import { valueAtRank } from './value-at-rank';

/**
 * Sets the entries of `hidden` [N] to 1 where `scores` [N] are among the `count` highest, and the others to 0. Of equal
 * scores the lower index comes first, as in a stable sort; -0 equals 0, and NaN must not occur. O(N), without memory
 * for each call. Of longer arrays only the first `patchCount` entries are read and written.
 */
export function selectHighest(
  scores: ArrayLike<number>,
  count: number,
  hidden: Uint8Array,
  patchCount = scores.length,
): void {
  if (count === 0) {
    hidden.fill(0, 0, patchCount);
    return;
  }
  const threshold = valueAtRank(scores, count - 1, patchCount);
  let left = count;
  for (let patch = 0; patch < patchCount; patch++) {
    const isAbove = +(scores[patch]! > threshold);
    hidden[patch] = isAbove;
    left -= isAbove;
  }
  for (let patch = 0; left > 0; patch++) {
    if (scores[patch] !== threshold) continue;
    hidden[patch] = 1;
    left -= 1;
  }
}
