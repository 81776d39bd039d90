// A uniformly random subset of some of the patches, of an exact size.

import type { Rng } from '@semmae/core';

/** The `length` entries of `patches` from `start` on: different patches, in any order. */
export interface PatchList {
  readonly patches: ArrayLike<number>;
  readonly start: number;
  readonly length: number;
}

/**
 * Sets `hidden` to 1 for `count` of the listed patches, uniformly random, and to 0 for the others of them; patches that are
 * not listed stay as they are. Draws the smaller side as `drawWithoutReplacement` does, and takes no memory.
 */
export function drawFromList({ patches, start, length }: PatchList, count: number, hidden: Uint8Array, rng: Rng): void {
  const drawn = 2 * count <= length ? 1 : 0; // the value of the smaller side
  const drawCount = drawn === 1 ? count : length - count;
  for (let place = start; place < start + length; place++) hidden[patches[place]!] = 1 - drawn;
  for (let last = length - drawCount; last < length; last++) {
    const patch = patches[start + rng.integer(last + 1)]!;
    hidden[patches[start + last]!] = hidden[patch]!; // takes the place of a patch that was drawn before
    hidden[patch] = drawn;
  }
}
