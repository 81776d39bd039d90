// The fixed noise of the parity fixtures: a congruential generator that replayed_noise.py draws from as well.

import type { Rng } from '@semmae/core';

/** An Rng whose draws Python can repeat. Only what samplers of masks use is there. */
export function replayedRng(seed: number): Rng {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const integer = (bound: number) => Math.floor(uniform() * bound);
  const shuffle = <T extends unknown[] | Int32Array | Uint8Array>(values: T): T => {
    for (let last = values.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      [values[last], values[other]] = [values[other], values[last]];
    }
    return values;
  };
  const missing = (): never => {
    throw new Error('the replayed noise has uniform and integer draws only');
  };
  return {
    uniform,
    integer,
    shuffle,
    permutation: (length) => shuffle(Int32Array.from({ length }, (_, index) => index)),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    split: missing,
    state: missing,
  };
}

/** [N] 1 = masked, from the fixture's hexadecimal digits (four patches each, the first in the highest bit). */
export function hiddenOfHex(hex: string, patchCount: number): Uint8Array {
  return Uint8Array.from(
    { length: patchCount },
    (_, patch) => (Number.parseInt(hex[patch >> 2]!, 16) >> (3 - (patch & 3))) & 1,
  );
}
