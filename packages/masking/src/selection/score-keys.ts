// Integers in the order of scores: what selections compare instead of floats.

import { assertScores } from '../guidance';

/** Integer keys of N scores, with what their bits say about all of them. */
export interface ScoreKeys {
  /** [N] or longer: higher where the score is higher, and equal where it is equal, -0 and 0 too. */
  keys: Int32Array;
  /** Bits that any key has. */
  union: number;
  /** Bits that all keys have. */
  common: number;
}

const infinity = 0x7f800000; // its bits, which every NaN has too
const magnitude = 0x7fffffff;

// Room for one call at a time: scores and their bits are the same memory.
let floats = new Float32Array(0);
const known: ScoreKeys = { keys: new Int32Array(floats.buffer), union: 0, common: 0 };

/** The keys of these scores, overwritten by the next call. Throws on NaN, naming the function and the scores. */
export function scoreKeys(where: string, name: string, scores: ArrayLike<number>): ScoreKeys {
  if (floats.length < scores.length) {
    floats = new Float32Array(scores.length);
    known.keys = new Int32Array(floats.buffer);
  }
  if (scores instanceof Float32Array) floats.set(scores);
  else {
    assertScores(where, name, scores);
    rankDoubles(scores);
  }
  joinBits(scores.length);
  if ((known.union & infinity) === infinity) assertScores(where, name, scores); // perhaps a NaN
  if (known.union < 0) {
    orderSigned(scores.length);
    joinBits(scores.length);
  }
  return known;
}

function joinBits(count: number): void {
  const { keys } = known;
  let union = 0;
  let common = -1;
  for (let place = 0; place < count; place++) {
    const key = keys[place]!;
    union |= key;
    common &= key;
  }
  known.union = union;
  known.common = common;
}

/**
 * The bits of a float are its sign and an integer that rises with its magnitude, in the order of scores unless they are
 * negative: two's complement puts both signs in one order.
 */
function orderSigned(count: number): void {
  const { keys } = known;
  for (let place = 0; place < count; place++) {
    const sign = keys[place]! >> 31; // -1 or 0
    keys[place] = ((keys[place]! & magnitude) ^ sign) - sign;
  }
}

/** Doubles have too many bits: their ranks, by way of a sort. */
function rankDoubles(scores: ArrayLike<number>): void {
  const rising = new Set(Float64Array.from(scores).sort());
  const ranks = new Map(Array.from(rising, (score, rank) => [score, rank]));
  for (let place = 0; place < scores.length; place++) known.keys[place] = ranks.get(scores[place]!)!;
}
