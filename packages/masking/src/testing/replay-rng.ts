// A stream that replays given numbers, to follow the published samplers of the fixtures draw by draw.

import { createRng, type Rng } from '@semmae/core';

/** Uniform numbers from the list, front to back; an integer below b is floor(u * b). Anything else throws. */
export function replayRng(uniforms: readonly number[]): Rng & { readonly left: () => number } {
  let used = 0;
  const uniform = () => {
    if (used === uniforms.length) throw new Error('replayRng: no number is left');
    return uniforms[used++]!;
  };
  const refuse = () => {
    throw new Error('replayRng: the fixtures hold uniform numbers only');
  };
  return {
    ...createRng(0),
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal: refuse,
    permutation: refuse,
    shuffle: refuse,
    split: refuse,
    left: () => uniforms.length - used,
  };
}
