// Streams of random numbers from seeds, and from saved states.
//
// Small consecutive seeds start xoroshiro in correlated states, so a seed never becomes the state directly: seed and keys
// are hashed to the four state words first.

import { assertInteger } from './checks';
import type { Rng, RngState } from './rng';
import { absorb, KeyWords } from './rng-key';
import { SemmaeError } from './semmae-error';
import { streamNamed, Xoroshiro } from './xoroshiro';

/** A stream for `seed`, any integer. The same seed gives the same numbers in Node and in browsers. */
export function createRng(seed: number): Rng {
  assertInteger('createRng', 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  return streamNamed(absorb(new KeyWords(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x452821e6), seed));
}

/** Continues a stream from its saved state. */
export function restoreRng(state: RngState): Rng {
  if (!isWords(state.key) || !isWords(state.words)) {
    throw new SemmaeError({
      where: 'restoreRng',
      requirement: 'the state must hold two lists of four 32-bit words',
      got: state,
      remedy: 'pass the value of rng.state() unchanged',
    });
  }
  return new Xoroshiro(wordsOf(state.key), wordsOf(state.words));
}

function isWords(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    value.every((word) => Number.isInteger(word) && Math.abs(word) <= 2 ** 32)
  );
}

function wordsOf([a, b, c, d]: readonly number[]): KeyWords {
  return new KeyWords(a!, b!, c!, d!);
}
