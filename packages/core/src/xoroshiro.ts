// xoroshiro128+ in 32-bit integer arithmetic, with the distributions that streams draw from it.
//
// Reference: Blackman & Vigna, "Scrambled linear pseudorandom number generators", 2018, https://prng.di.unimi.it

import type { Rng, RngState } from './rng';
import { absorb, type KeyWords, type RngKey } from './rng-key';

/**
 * A stream. It is a class because every draw changes its four numbers: as fields they stay in registers, and children are
 * cheap. `uniform` and `normal` are bound to the stream, so that they can be passed as functions.
 */
export class Xoroshiro implements Rng {
  readonly uniform: () => number;
  readonly normal: () => number;
  // The 64-bit words s0 and s1 as halves.
  private low0 = 0;
  private high0 = 0;
  private low1 = 0;
  private high1 = 0;

  constructor(
    private readonly key: KeyWords,
    { a, b, c, d }: KeyWords,
  ) {
    const isZero = (a | b | c | d) === 0; // the one state that never leaves itself
    this.high0 = isZero ? -1 : a;
    this.low0 = isZero ? -2 : b;
    this.high1 = isZero ? 1 : c;
    this.low1 = isZero ? 0 : d;
    this.uniform = () => this.nextUniform();
    this.normal = () => Math.sqrt(-2 * Math.log(1 - this.nextUniform())) * Math.cos(2 * Math.PI * this.nextUniform());
  }

  integer(bound: number): number {
    if (bound > 2 ** 32) return this.largeInteger(bound);
    for (;;) {
      const word = this.next() + 0x80000000; // 0 … 2^32 - 1
      const block = Math.floor(word / bound) * bound; // a float division is faster than a remainder of uint32
      if (!(block + bound > 2 ** 32)) return word - block; // the last block is cut off and would favor small values
    }
  }

  permutation(length: number): Int32Array {
    const order = new Int32Array(length);
    for (let index = 0; index < length; index++) order[index] = index;
    return this.shuffle(order);
  }

  shuffle<T extends unknown[] | Int32Array | Uint8Array>(values: T): T {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = values[last]!;
      values[last] = values[other]!;
      values[other] = kept;
    }
    return values;
  }

  split(...keys: RngKey[]): Rng {
    let child = this.key;
    for (let index = 0; index < keys.length; index++) child = absorb(child, keys[index]!);
    return streamNamed(child);
  }

  state(): RngState {
    const { a, b, c, d } = this.key;
    return { key: [a, b, c, d], words: [this.high0, this.low0, this.high1, this.low1] };
  }

  /** The next 32 bits, as a signed integer: the low halves' sum, whose upper bits are the better ones. */
  private next(): number {
    const { low0, high0, low1, high1 } = this;
    const low = low1 ^ low0;
    const high = high1 ^ high0;
    // s0 = rotl(s0, 24) ^ s1 ^ (s1 << 16), s1 = rotl(s1, 37) with the new s1 = s0 ^ s1
    this.low0 = (low0 << 24) ^ (high0 >>> 8) ^ low ^ (low << 16);
    this.high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    this.low1 = (high << 5) ^ (low >>> 27);
    this.high1 = (low << 5) ^ (high >>> 27);
    return (low0 + low1) | 0;
  }

  /** 26 bits above 27 bits. */
  private nextUniform(): number {
    const upper = this.next() & 0x3ffffff;
    return upper * 2 ** -26 + (this.next() & 0x7ffffff) * 2 ** -53;
  }

  /** Two words, drawn until they are below the bound. */
  private largeInteger(bound: number): number {
    const upperBound = Math.floor(bound / 2 ** 32) + 1;
    for (;;) {
      const value = this.integer(upperBound) * 2 ** 32 + this.integer(2 ** 32);
      if (value < bound) return value;
    }
  }
}

/** The stream of this name, from its beginning. */
export function streamNamed(key: KeyWords): Rng {
  return new Xoroshiro(key, absorb(key, 0x5eed));
}
