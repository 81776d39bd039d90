// The order in which an epoch visits the images.

import type { Rng } from '@semmae/core';

/**
 * A uniformly random order of {0, …, length - 1} that depends on the stream's name and the epoch alone, never on what was
 * drawn before: a resumed run goes on with the order it would have had.
 */
export function epochOrder(rng: Rng, epoch: number, length: number): Int32Array {
  return rng.split('epoch order', epoch).permutation(length);
}
