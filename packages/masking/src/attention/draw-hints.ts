// The hints of AttMask: some of the most attended patches, that are shown after all.

import type { Rng } from '@semmae/core';

import { markFirst } from '../selection/score-buckets';

let pool = new Int32Array(0); // [N + 1], of which the first `poolSize` count, of one call at a time

/**
 * Sets `hints` [N] to 1 at `hintCount` of the `poolSize` most attended patches, uniformly drawn, and to 0 elsewhere. Takes
 * `hintCount` draws. The attention is what `bucketScores` looked at last.
 */
export function drawHints(poolSize: number, hintCount: number, hints: Uint8Array, rng: Rng): void {
  if (pool.length <= hints.length) pool = new Int32Array(hints.length + 1);
  markFirst(poolSize, hints);
  listMarked(hints, pool);
  hints.fill(0);
  drawFromPool(pool, poolSize, hintCount, hints, 1, rng);
}

/** Writes the patches that are marked with 1, ascending, to the beginning of `list`, which is longer than `marks` [N]. */
export function listMarked(marks: Uint8Array, list: Int32Array): void {
  for (let patch = 0, place = 0; patch < marks.length; patch++) {
    list[place] = patch; // stays only where the place moves on
    place += marks[patch]!;
  }
}

/** Sets `marks` to `value` at `hintCount` of the first `poolSize` patches of `pool`, uniformly drawn. Uses the pool up. */
export function drawFromPool(
  pool: Int32Array,
  poolSize: number,
  hintCount: number,
  marks: Uint8Array,
  value: 0 | 1,
  rng: Rng,
): void {
  for (let left = poolSize; left > poolSize - hintCount; left--) {
    const drawn = rng.integer(left);
    marks[pool[drawn]!] = value;
    pool[drawn] = pool[left - 1]!;
  }
}
