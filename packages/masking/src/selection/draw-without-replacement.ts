// A uniformly random subset of the patches, of an exact size.

import type { Rng } from '@semmae/core';

/**
 * Sets `count` of the first `patchCount` entries of `hidden` to 1, uniformly random, and the others to 0. Takes
 * min(count, patchCount - count) draws and no memory: it draws the smaller side, by Floyd's method, in which the
 * drawn set itself says what was drawn before.
 *
 * Reference: Bentley & Floyd, "A Sample of Brilliance", Communications of the ACM 30(9), 1987
 */
export function drawWithoutReplacement(count: number, patchCount: number, hidden: Uint8Array, rng: Rng): void {
  const drawn = 2 * count <= patchCount ? 1 : 0; // the value of the smaller side
  const drawCount = drawn === 1 ? count : patchCount - count;
  hidden.fill(1 - drawn, 0, patchCount);
  for (let last = patchCount - drawCount; last < patchCount; last++) {
    const patch = rng.integer(last + 1);
    hidden[last] = hidden[patch]!; // takes the place of a patch that was drawn before
    hidden[patch] = drawn;
  }
}
