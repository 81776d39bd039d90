// The hints of AttMask: some of the most attended patches, that are shown after all.

import type { Rng } from '@semmae/core';

import { selectHighest } from '../selection/select-highest';

let pool = new Int32Array(0); // [N], of which the first `poolSize` count, of one call at a time

/**
 * Sets `hints` [N] to 1 at `hintCount` of the `poolSize` most attended patches, uniformly drawn, and to 0 elsewhere. Takes
 * `hintCount` draws.
 */
export function drawHints(
  attention: Float32Array,
  poolSize: number,
  hintCount: number,
  hints: Uint8Array,
  rng: Rng,
): void {
  if (pool.length !== hints.length) pool = new Int32Array(hints.length);
  selectHighest(attention, poolSize, hints);
  for (let patch = 0, place = 0; place < poolSize; patch++) if (hints[patch] === 1) pool[place++] = patch;
  hints.fill(0);
  for (let left = poolSize; left > poolSize - hintCount; left--) {
    const drawn = rng.integer(left);
    hints[pool[drawn]!] = 1;
    pool[drawn] = pool[left - 1]!;
  }
}
