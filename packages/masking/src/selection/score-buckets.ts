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
let candidates = new Int32Array(0); // patches among which a selection is decided
let candidateKeys = new Int32Array(0);
const foundEnd = { bucket: 0, left: 0 };

/**
 * Looks at scores [N], from which `markFirst` and `listFirst` then select. They fall into buckets by the upper bits of their keys: 512, or 1024
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
  const { bucket, left } = findEnd(count);
  makeRoom();
  const [from, length, inverted, right] = [keys, keyCount, inversion, shift];
  const [patches, values] = [candidates, candidateKeys];
  let size = 0;
  for (let patch = 0; patch < length; patch++) {
    const key = from[patch]! ^ inverted;
    const own = key >> right;
    marks[patch] = (bucket - own) >>> 31; // the sign
    if (own !== bucket) continue; // true of nearly all
    patches[size] = patch;
    values[size++] = key;
  }
  keepFirst(left, size);
  for (let place = 0; place < left; place++) marks[patches[place]!] = 1;
}

/**
 * The patches that `markFirst` would mark, ascending, at the beginning of an array that is overwritten by the next selection. For
 * few of many patches.
 */
export function listFirst(count: number): Int32Array {
  if (count === 0) return candidates;
  const { bucket } = findEnd(count);
  makeRoom();
  const [from, length, inverted, right] = [keys, keyCount, inversion, shift];
  const [patches, values] = [candidates, candidateKeys];
  let size = 0;
  for (let patch = 0; patch < length; patch++) {
    const key = from[patch]! ^ inverted;
    if (key >> right < bucket) continue; // true of nearly all
    patches[size] = patch;
    values[size++] = key;
  }
  keepFirst(count, size);
  return patches;
}

/** The bucket in which a selection of `count` ends, and how many it takes from there; overwritten by the next call. */
function findEnd(count: number): { readonly bucket: number; readonly left: number } {
  let end = lastBucket - firstBucket;
  let left = count;
  while (bucketSizes[end]! < left) left -= bucketSizes[end--]!;
  foundEnd.bucket = end + firstBucket;
  foundEnd.left = left;
  return foundEnd;
}

function makeRoom(): void {
  if (candidates.length >= keyCount) return;
  candidates = new Int32Array(keyCount);
  candidateKeys = new Int32Array(keyCount);
}

/** Of the first `size` candidates, moves the `count` highest to the beginning, in the order they have. */
function keepFirst(count: number, size: number): void {
  const [patches, values] = [candidates, candidateKeys];
  const threshold = valueAtRank(values, count - 1, size);
  let equal = count; // how many of those at the threshold are in
  for (let place = 0; place < size; place++) equal -= +(values[place]! > threshold);
  for (let place = 0, kept = 0; kept < count; place++) {
    if (values[place]! < threshold) continue;
    if (values[place] === threshold && equal-- <= 0) continue;
    patches[kept++] = patches[place]!;
  }
}
