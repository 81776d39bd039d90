// The patches with the highest scores, without sorting them.

import { bucketScores, markFirst } from './score-buckets';

/**
 * Sets the entries of `hidden` [N] to 1 where `scores` [N] are among the `count` highest, and the others to 0. Of equal
 * scores the lower index comes first, as in a stable sort; -0 equals 0. Of a Float32Array in O(N) and without memory for
 * each call; other scores are sorted. Throws on NaN.
 */
export function selectHighest(scores: ArrayLike<number>, count: number, hidden: Uint8Array): void {
  bucketScores('selectHighest', 'scores', scores);
  markFirst(count, hidden);
}
