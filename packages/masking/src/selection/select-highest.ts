// The patches with the highest scores, without sorting them.

import { valueAtRank } from './value-at-rank';

// Room for one call at a time.
const bucketSizes = new Int32Array(256);
let buckets = new Uint8Array(0); // [N] the bucket of each patch
let candidates = new Int32Array(0); // patches of the bucket in which the selection ends
let candidateScores = new Float64Array(0);

/**
 * Sets the entries of `hidden` [N] to 1 where `scores` [N] are among the `count` highest, and the others to 0. Of equal
 * scores the lower index comes first, as in a stable sort; -0 equals 0, and NaN must not occur. O(N), without memory
 * for each call. Of longer arrays only the first `patchCount` entries are read and written.
 *
 * Scores fall into 256 buckets between the lowest and the highest. Buckets are in or out as a whole, except the one in
 * which the selection ends: a few patches, among which quickselect finds the last score that is in.
 */
export function selectHighest(
  scores: ArrayLike<number>,
  count: number,
  hidden: Uint8Array,
  patchCount = scores.length,
): void {
  if (count === 0) {
    hidden.fill(0, 0, patchCount);
    return;
  }
  if (candidates.length <= patchCount) {
    buckets = new Uint8Array(patchCount);
    candidates = new Int32Array(patchCount + 1);
    candidateScores = new Float64Array(patchCount);
  }
  fillBuckets(scores, patchCount);
  let end = 255;
  let left = count; // to be taken from the buckets up to `end`
  while (bucketSizes[end]! < left) left -= bucketSizes[end--]!;

  const candidateCount = hideAbove(end, hidden, patchCount);
  for (let place = 0; place < candidateCount; place++) candidateScores[place] = scores[candidates[place]!]!;
  const threshold = valueAtRank(candidateScores, left - 1, candidateCount);
  for (let place = 0; place < candidateCount; place++) {
    if (candidateScores[place]! <= threshold) continue;
    hidden[candidates[place]!] = 1;
    left -= 1;
  }
  for (let place = 0; left > 0; place++) {
    if (candidateScores[place] !== threshold) continue;
    hidden[candidates[place]!] = 1;
    left -= 1;
  }
}

/** Higher scores are never in lower buckets. Few patches, and those without a finite range, are all in one. */
function fillBuckets(scores: ArrayLike<number>, patchCount: number): void {
  let lowest = scores[0]!;
  let highest = lowest;
  for (let patch = 1; patch < patchCount; patch++) {
    const score = scores[patch]!;
    if (score < lowest) lowest = score;
    else if (score > highest) highest = score;
  }
  const scale = 255.999 / (highest - lowest);
  bucketSizes.fill(0);
  if (patchCount < 48 || !(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    buckets.fill(255, 0, patchCount);
    bucketSizes[255] = patchCount;
    return;
  }
  const list = buckets;
  for (let patch = 0; patch < patchCount; patch++) {
    const bucket = ((scores[patch]! - lowest) * scale) | 0;
    list[patch] = bucket;
    bucketSizes[bucket]! += 1;
  }
}

/** Hides what is in higher buckets, lists the patches of this one in `candidates`, and says how many they are. */
function hideAbove(bucket: number, hidden: Uint8Array, patchCount: number): number {
  const [from, to] = [buckets, candidates];
  let size = 0;
  for (let patch = 0; patch < patchCount; patch++) {
    const own = from[patch]!;
    hidden[patch] = +(own > bucket);
    to[size] = patch; // stays only where the size moves on
    size += +(own === bucket);
  }
  return size;
}
