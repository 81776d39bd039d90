// The patches with the highest scores, without sorting them.

import { ScoreSelector } from './score-selector';

/**
 * Sets the entries of `hidden` [N] to 1 where `scores` [N] are among the `count` highest, and the others to 0. Of equal
 * scores the lower index comes first, as in a stable sort; -0 equals 0. O(N) for a Float32Array; other scores are sorted.
 * Throws on NaN.
 */
export function selectHighest(scores: ArrayLike<number>, count: number, hidden: Uint8Array): void {
  const selector = new ScoreSelector();
  selector.look('selectHighest', 'scores', scores);
  selector.markFirst(count, hidden);
}
