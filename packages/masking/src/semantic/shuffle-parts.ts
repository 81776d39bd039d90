// The random order in which parts are masked whole.

import type { Rng } from '@semmae/core';

/** Shuffles the first `partCount` entries in place (Fisher-Yates). */
export function shuffleParts(order: Uint8Array, partCount: number, rng: Rng): void {
  for (let last = partCount - 1; last > 0; last--) {
    const other = rng.integer(last + 1);
    const part = order[last]!;
    order[last] = order[other]!;
    order[other] = part;
  }
}
