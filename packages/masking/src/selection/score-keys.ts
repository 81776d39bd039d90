// Integers in the order of scores: what selections compare instead of floats.

import { assertScores } from '../guidance';

/** Integer keys of N scores. */
export interface ScoreKeys {
  /** [N] or longer: higher where the score is higher, and equal where it is equal, -0 and 0 too. */
  keys: Int32Array;
  lowest: number;
  highest: number;
}

const infinityKey = 0x7f800000; // beyond it is NaN

// Room for one call at a time: scores and their bits are the same memory.
let floats = new Float32Array(0);
const known: ScoreKeys = { keys: new Int32Array(floats.buffer), lowest: 0, highest: 0 };

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
  findRange(scores.length);
  if (known.lowest < 0) orderSigned(scores.length);
  if (known.highest > infinityKey || known.lowest < -infinityKey) assertScores(where, name, scores);
  return known;
}

function findRange(count: number): void {
  const { keys } = known;
  let lowest = keys[0]!;
  let highest = lowest;
  for (let place = 1; place < count; place++) {
    const key = keys[place]!;
    if (key < lowest) lowest = key;
    else if (key > highest) highest = key;
  }
  known.lowest = lowest;
  known.highest = highest;
}

/**
 * The bits of a float are its sign and an integer that rises with its magnitude, in the order of scores unless they are
 * negative: two's complement puts both signs in one order.
 */
function orderSigned(count: number): void {
  const { keys } = known;
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
  known.lowest = lowest;
  known.highest = highest;
}

/** Doubles have too many bits: their ranks, by way of a sort. */
function rankDoubles(scores: ArrayLike<number>): void {
  const rising = new Set(Float64Array.from(scores).sort());
  const ranks = new Map(Array.from(rising, (score, rank) => [score, rank]));
  for (let place = 0; place < scores.length; place++) known.keys[place] = ranks.get(scores[place]!)!;
}
