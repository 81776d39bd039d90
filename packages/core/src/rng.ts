// What random numbers are drawn from: a value that is passed on, never a global.

import type { RngKey } from './rng-key';

/** Everything a stream is, as plain JSON: `restoreRng(rng.state())` continues with the next draw. */
export interface RngState {
  /** Names the stream; children are derived from it, never from what was drawn. */
  readonly key: readonly number[];
  /** Position in the stream. */
  readonly words: readonly number[];
}

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
