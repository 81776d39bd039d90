// The highest or the lowest scores, without sorting them.

import { scoreKeys } from './score-keys';
import { valueAtRank } from './value-at-rank';

const octave = 2 ** 23; // keys between a score and its double

// Room for the scores of one image at a time.
const bucketSizes = new Int32Array(2 ** 10 + 1);
let keys: Int32Array = new Int32Array(0);
let keyCount = 0;
let inversion = 0; // -1 turns the order of keys around
let shift = 0; // from a key to its bucket
let firstBucket = 0; // in which the lowest key is
let lastBucket = 0;
let candidates = new Int32Array(0); // patches of the bucket in which a selection ends
let candidateKeys = new Int32Array(0);

/**
 * Looks at scores [N], from which `markFirst` then selects. They fall into buckets by the upper bits of their keys: 512, or 1024
 * where they reach over so many octaves, as scores on both sides of zero do, that few buckets are used. Throws on NaN.
 */
export function bucketScores(where: string, name: string, scores: ArrayLike<number>, lowestFirst = false): void {
  const { keys: newKeys, lowest, highest } = scoreKeys(where, name, scores);
  const range = highest - lowest;
  const bits = range < 16 * octave ? 9 : 10;
  const right = Math.max(0, 32 - Math.clz32(range) - bits);
  const inverted = lowestFirst ? -1 : 0;
  const [first, last] = [(lowestFirst ? ~highest : lowest) >> right, (lowestFirst ? ~lowest : highest) >> right];
  const sizes = bucketSizes;
  sizes.fill(0, 0, last - first + 1);
  for (let patch = 0; patch < scores.length; patch++) sizes[((newKeys[patch]! ^ inverted) >> right) - first]! += 1;
  keys = newKeys;
  keyCount = scores.length;
  inversion = inverted;
  shift = right;
  firstBucket = first;
  lastBucket = last;
}

/**
 * Sets the entries of `marks` to 1 for the `count` highest scores (or lowest, as they were looked at), the lower index first among
 * equals, and to 0 for the others.
 *
 * Buckets are in or out as a whole, except the one in which the selection ends: a few scores, among which quickselect finds
 * the last one that is in.
 */
export function markFirst(count: number, marks: Uint8Array): void {
  if (count === 0) {
    marks.fill(0, 0, keyCount);
    return;
  }
  const sizes = bucketSizes;
  let end = lastBucket - firstBucket;
  let left = count; // to be taken from the buckets up to `end`
  while (sizes[end]! < left) left -= sizes[end--]!;

  const candidateCount = markAbove(end + firstBucket, marks);
  const [patches, values] = [candidates, candidateKeys];
  const threshold = valueAtRank(values, left - 1, candidateCount);
  for (let i = 0; i < candidateCount; i++) {
    if (values[i]! <= threshold) continue;
    marks[patches[i]!] = 1;
    left -= 1;
  }
  for (let i = 0; left > 0; i++) {
    if (values[i] !== threshold) continue;
    marks[patches[i]!] = 1;
    left -= 1;
  }
}

/** Marks what is in higher buckets, lists what is in this one as `candidates`, and says how many they are. */
function markAbove(bucket: number, marks: Uint8Array): number {
  if (candidates.length < keyCount) {
    candidates = new Int32Array(keyCount);
    candidateKeys = new Int32Array(keyCount);
  }
  const [from, count, inverted, right, patches, values] = [keys, keyCount, inversion, shift, candidates, candidateKeys];
  let size = 0;
  for (let patch = 0; patch < count; patch++) {
    const key = from[patch]! ^ inverted;
    const own = key >> right;
    marks[patch] = (bucket - own) >>> 31; // the sign
    if (own !== bucket) continue; // true of nearly all
    patches[size] = patch;
    values[size++] = key;
  }
  return size;
}
