// The patches with the lowest scores.

import { selectHighest } from '../selection/select-highest';

let negated = new Float32Array(0); // [N] of one call at a time

/** As `selectHighest`, from the other end: of equal scores the lower index still comes first. */
export function selectLowest(scores: Float32Array, count: number, hidden: Uint8Array): void {
  if (negated.length !== scores.length) negated = new Float32Array(scores.length);
  for (let patch = 0; patch < scores.length; patch++) negated[patch] = -scores[patch]!;
  selectHighest(negated, count, hidden);
}
