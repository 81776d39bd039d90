// Brings a mask of any size to the declared count, by hiding or showing random single patches.

import { assertRange, type Rng } from '@semmae/core';

/**
 * Changes `hidden` ([N], 1 = masked) in place until exactly `maskedCount` patches are masked, and returns it. Which
 * patches are added or removed is uniformly random; a mask that already has the right count draws nothing. Throws unless
 * `maskedCount` is from 0 to N.
 *
 * Reference: the exact-count rule of Peng et al., "BEiT v2", https://arxiv.org/abs/2208.06366
 */
export function fixCount(hidden: Uint8Array, maskedCount: number, rng: Rng): Uint8Array {
  assertRange('fixCount', 'maskedCount', maskedCount, 0, hidden.length);
  const current = hidden.reduce((sum, isHidden) => sum + isHidden, 0);
  const wrong = current > maskedCount ? 1 : 0; // the value that too many patches have
  const candidates = patchesWith(hidden, wrong);
  for (let change = Math.abs(current - maskedCount); change > 0; change--) {
    const drawn = rng.integer(candidates.length);
    hidden[candidates[drawn]!] = 1 - wrong;
    candidates[drawn] = candidates[candidates.length - 1]!;
    candidates.pop();
  }
  return hidden;
}

/** Indices of all patches whose value is `value`, ascending. */
export function patchesWith(hidden: Uint8Array, value: 0 | 1): number[] {
  const patches: number[] = [];
  for (let patch = 0; patch < hidden.length; patch++) if (hidden[patch] === value) patches.push(patch);
  return patches;
}
