// Brings a mask of any size to the declared count, by hiding or showing random single patches.

import { assertRange, type Rng } from '@semmae/core';

import { drawFromList } from './selection/draw-from-list';

/**
 * Changes `hidden` ([N], 1 = masked) in place until exactly `maskedCount` patches are masked, and returns it. Which
 * patches are added or removed is uniformly random; a mask that already has the right count draws nothing. Throws unless
 * `maskedCount` is from 0 to N.
 *
 * Reference: the exact-count rule of Peng et al., "BEiT v2", https://arxiv.org/abs/2208.06366
 */
export function fixCount(hidden: Uint8Array, maskedCount: number, rng: Rng): Uint8Array {
  assertRange('fixCount', 'maskedCount', maskedCount, 0, hidden.length);
  new CountFixer().fix(hidden, maskedCount, rng);
  return hidden;
}

/** `fixCount` for many masks of counts that are known to be possible, in room of its own: a strategy keeps one for all of its masks. */
export class CountFixer {
  #candidates = new Int32Array(0); // patches of one side

  fix(hidden: Uint8Array, maskedCount: number, rng: Rng): void {
    let current = 0;
    for (let patch = 0; patch < hidden.length; patch++) current += hidden[patch]!;
    this.change(hidden, current, maskedCount, rng);
  }

  /** The same for a mask that is known to hide `current` patches. */
  change(hidden: Uint8Array, current: number, maskedCount: number, rng: Rng): void {
    if (current === maskedCount) return;
    const wrong = current > maskedCount ? 1 : 0; // the value that too many patches have
    const length = this.#listPatches(hidden, wrong);
    const keptHidden = wrong === 1 ? length - (current - maskedCount) : maskedCount - current;
    drawFromList({ patches: this.#candidates, start: 0, length }, keptHidden, hidden, rng);
  }

  /** Lists the patches whose value is `value`, ascending, and says how many there are. */
  #listPatches(hidden: Uint8Array, value: number): number {
    if (this.#candidates.length <= hidden.length) this.#candidates = new Int32Array(hidden.length + 1);
    const list = this.#candidates;
    let length = 0;
    for (let patch = 0; patch < hidden.length; patch++) {
      list[length] = patch; // overwritten by the next patch unless this one belongs to the list
      length += +(hidden[patch] === value);
    }
    return length;
  }
}
