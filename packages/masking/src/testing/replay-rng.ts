// A stream that replays given numbers, to follow the published samplers of the fixtures draw by draw.

import type { Rng } from '@semmae/core';

/**
 * Uniform numbers from the list, front to back; an integer below b is floor(u * b), and a shuffle swaps the last entry with
 * a random one, then the last but one, and so on. Anything else throws.
 */
export function replayRng(uniforms: readonly number[]): Rng & { readonly left: () => number } {
  let used = 0;
  const uniform = () => {
    if (used === uniforms.length) throw new Error('replayRng: no number is left');
    return uniforms[used++]!;
  };
  const integer = (bound: number) => Math.floor(uniform() * bound);
  function shuffle<T extends unknown[] | Int32Array | Uint8Array>(values: T): T {
    for (let last = values.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      [values[last], values[other]] = [values[other]!, values[last]!];
    }
    return values;
  }
  const refuse = () => {
    throw new Error('replayRng: the fixtures hold uniform numbers only');
  };
  return {
    uniform,
    integer,
    normal: refuse,
    permutation: refuse,
    shuffle,
    split: refuse,
    state: refuse,
    left: () => uniforms.length - used,
  };
}
