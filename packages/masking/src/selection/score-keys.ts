// Integers in the order of scores: what selections compare instead of floats.

import { assertScores } from '../guidance';

const infinityKey = 0x7f800000; // beyond it is NaN

/** Integer keys of the scores that were read last. */
export class ScoreKeys {
  // Scores and their bits are the same memory.
  #floats = new Float32Array(0);
  /** [N] or longer: higher where the score is higher, and equal where it is equal, -0 and 0 too. */
  keys = new Int32Array(this.#floats.buffer);
  lowest = 0;
  highest = 0;

  /** Throws on NaN, naming the function and the scores. */
  read(where: string, name: string, scores: ArrayLike<number>): void {
    if (this.#floats.length < scores.length) {
      this.#floats = new Float32Array(scores.length);
      this.keys = new Int32Array(this.#floats.buffer);
    }
    if (scores instanceof Float32Array) this.#floats.set(scores);
    else {
      assertScores(where, name, scores);
      this.#rankDoubles(scores);
    }
    this.#findRange(scores.length);
    if (this.lowest < 0) this.#orderSigned(scores.length);
    if (this.highest > infinityKey || this.lowest < -infinityKey) assertScores(where, name, scores);
  }

  #findRange(count: number): void {
    const { keys } = this;
    let lowest = keys[0]!;
    let highest = lowest;
    for (let place = 1; place < count; place++) {
      const key = keys[place]!;
      if (key < lowest) lowest = key;
      else if (key > highest) highest = key;
    }
    this.lowest = lowest;
    this.highest = highest;
  }

  /**
   * The bits of a float are its sign and an integer that rises with its magnitude, in the order of scores unless they are
   * negative: two's complement puts both signs in one order.
   */
  #orderSigned(count: number): void {
    const { keys } = this;
    let lowest = 0;
    let highest = -0x80000000;
    for (let place = 0; place < count; place++) {
      const bits = keys[place]!;
      const sign = bits >> 31; // -1 or 0
      const key = ((bits & 0x7fffffff) ^ sign) - sign;
      keys[place] = key;
      lowest = Math.min(lowest, key);
      highest = Math.max(highest, key);
    }
    this.lowest = lowest;
    this.highest = highest;
  }

  /** Doubles have too many bits: their keys are ranks, found by a sort. */
  #rankDoubles(scores: ArrayLike<number>): void {
    const rising = new Set(Float64Array.from(scores).sort());
    const ranks = new Map(Array.from(rising, (score, rank) => [score, rank]));
    for (let place = 0; place < scores.length; place++) this.keys[place] = ranks.get(scores[place]!)!;
  }
}
