// Seeded random numbers: xoroshiro128+ (Blackman & Vigna, 2018, https://prng.di.unimi.it) from pure-rand, keyed by hashing.
//
// Small consecutive seeds start xoroshiro in correlated states, so a seed never becomes the state directly: seed and keys
// are hashed to the four state words first (MurmurHash3's finaliser over a running sum, as splitmix does).

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

import { assertInteger } from './checks';
import { SemmaeError } from './semmae-error';

/** Everything a stream is, as plain JSON: `restoreRng(rng.state())` continues with the next draw. */
export interface RngState {
  /** Names the stream; children are derived from it, never from what was drawn. */
  readonly key: readonly number[];
  /** Position in the stream. */
  readonly words: readonly number[];
}

export type RngKey = number | string;

/** A stream of random numbers. Every draw advances it; `split` does not. */
export interface Rng {
  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number;
  /** Uniform in {0, …, bound - 1}, without modulo bias. */
  integer(bound: number): number;
  /** Standard normal (Box-Muller, two uniforms a draw so that the state stays plain). */
  normal(): number;
  /** A uniformly random order of {0, …, length - 1}. */
  permutation(length: number): Int32Array;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends unknown[] | Int32Array | Uint8Array>(values: T): T;
  /**
   * An independent stream named by `keys`. The same keys give the same child however much was drawn from the parent,
   * so `rng.split('masks', epoch, index)` does not depend on the order or the number of workers.
   */
  split(...keys: RngKey[]): Rng;
  state(): RngState;
}

/** A stream for `seed`, any integer. The same seed gives the same numbers in Node and in browsers. */
export function createRng(seed: number): Rng {
  assertInteger('createRng', 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  return fromKey(absorb([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x452821e6], seed));
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
  return createStream(state.key, state.words);
}

function fromKey(key: readonly number[]): Rng {
  return createStream(key, absorb(key, 0x5eed));
}

function createStream(key: readonly number[], words: readonly number[]): Rng {
  const generator = words.some((word) => word !== 0) ? xoroshiro128plusFromState(words) : xoroshiro128plus(1);
  const uniform = () => uniformFloat64(generator);
  const integer = (bound: number) => uniformInt(generator, 0, bound - 1);
  function shuffle<T extends unknown[] | Int32Array | Uint8Array>(values: T): T {
    for (let last = values.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      const kept = values[last]!;
      values[last] = values[other]!;
      values[other] = kept;
    }
    return values;
  }
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    permutation: (length) => shuffle(Int32Array.from({ length }, (_, index) => index)),
    shuffle,
    split: (...keys) => fromKey(keys.reduce<readonly number[]>(absorb, key)),
    state: () => ({ key: [...key], words: [...generator.getState()] }),
  };
}

/** Mixes one key into four words; each word sees every byte of the key and its neighbour. */
function absorb(words: readonly number[], key: RngKey): readonly number[] {
  const parts =
    typeof key === 'string'
      ? [0x7374, ...Array.from(key, (letter) => letter.codePointAt(0)!)]
      : [key | 0, Math.floor(key / 2 ** 32) | 0];
  let [a, b, c, d] = words as [number, number, number, number];
  for (const part of parts) {
    a = mix(a + part + 0x9e3779b9);
    b = mix(b ^ a);
    c = mix(c + b + 0x9e3779b9);
    d = mix(d ^ c);
    a = mix(a + d);
  }
  return [a, b, c, d];
}

/** MurmurHash3's 32-bit finaliser. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function isWords(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    value.every((word) => Number.isInteger(word) && Math.abs(word) <= 2 ** 32)
  );
}
