// The highest or the lowest scores, without sorting them.

import { RankFinder } from './rank-finder';
import { ScoreKeys } from './score-keys';

const octave = 2 ** 23; // keys between a score and its double

/**
 * Selects among the scores of one image at a time, in room of its own: a strategy keeps one for all of its masks.
 *
 * Scores fall into buckets by the upper bits of their keys: 512, or 1024 where they reach over so many octaves, as scores on
 * both sides of zero do, that few buckets are used.
 */
export class ScoreSelector {
  readonly #scores = new ScoreKeys();
  readonly #ranks = new RankFinder();
  readonly #bucketSizes = new Int32Array(2 ** 10 + 1);
  readonly #end = { bucket: 0, left: 0 };
  #count = 0;
  #inversion = 0; // -1 turns the order of keys around
  #shift = 0; // from a key to its bucket
  #firstBucket = 0; // in which the lowest key is
  #lastBucket = 0;
  #candidates = new Int32Array(0); // patches among which a selection is decided
  #candidateKeys = new Int32Array(0);

  /** Looks at scores [N], from which `markFirst` and `listFirst` then select. Throws on NaN. */
  look(where: string, name: string, scores: ArrayLike<number>, lowestFirst = false): void {
    this.#scores.read(where, name, scores);
    const { keys, lowest, highest } = this.#scores;
    const range = highest - lowest;
    const bits = range < 16 * octave ? 9 : 10;
    const shift = Math.max(0, 32 - Math.clz32(range) - bits);
    const inversion = lowestFirst ? -1 : 0;
    const [first, last] = [(lowestFirst ? ~highest : lowest) >> shift, (lowestFirst ? ~lowest : highest) >> shift];
    const sizes = this.#bucketSizes;
    sizes.fill(0, 0, last - first + 1);
    for (let patch = 0; patch < scores.length; patch++) sizes[((keys[patch]! ^ inversion) >> shift) - first]! += 1;
    this.#count = scores.length;
    this.#inversion = inversion;
    this.#shift = shift;
    this.#firstBucket = first;
    this.#lastBucket = last;
  }

  /**
   * Sets the entries of `marks` to 1 for the `count` highest scores (or lowest, as they were looked at), the lower index first among
   * equals, and to 0 for the others.
   *
   * Buckets are in or out as a whole, except the one in which the selection ends: a few scores, among which quickselect finds
   * the last one that is in.
   */
  markFirst(count: number, marks: Uint8Array): void {
    if (count === 0) {
      marks.fill(0, 0, this.#count);
      return;
    }
    const { bucket, left } = this.#findEnd(count);
    this.#makeRoom();
    const { keys } = this.#scores;
    const [length, inversion, shift] = [this.#count, this.#inversion, this.#shift];
    const [patches, values] = [this.#candidates, this.#candidateKeys];
    let size = 0;
    for (let patch = 0; patch < length; patch++) {
      const key = keys[patch]! ^ inversion;
      const own = key >> shift;
      marks[patch] = (bucket - own) >>> 31; // the sign bit: 1 in higher buckets
      if (own !== bucket) continue; // nearly all patches
      patches[size] = patch;
      values[size++] = key;
    }
    this.#keepFirst(left, size);
    for (let place = 0; place < left; place++) marks[patches[place]!] = 1;
  }

  /**
   * The patches that `markFirst` would mark, ascending, at the beginning of an array that is overwritten by the next selection. For
   * few of many patches.
   */
  listFirst(count: number): Int32Array {
    if (count === 0) return this.#candidates;
    const { bucket } = this.#findEnd(count);
    this.#makeRoom();
    const { keys } = this.#scores;
    const [length, inversion, shift] = [this.#count, this.#inversion, this.#shift];
    const [patches, values] = [this.#candidates, this.#candidateKeys];
    let size = 0;
    for (let patch = 0; patch < length; patch++) {
      const key = keys[patch]! ^ inversion;
      if (key >> shift < bucket) continue; // nearly all patches
      patches[size] = patch;
      values[size++] = key;
    }
    this.#keepFirst(count, size);
    return patches;
  }

  /** The bucket in which a selection of `count` ends, and how many it takes from there; overwritten by the next call. */
  #findEnd(count: number): { readonly bucket: number; readonly left: number } {
    const sizes = this.#bucketSizes;
    let bucket = this.#lastBucket - this.#firstBucket;
    let left = count;
    while (sizes[bucket]! < left) left -= sizes[bucket--]!;
    this.#end.bucket = bucket + this.#firstBucket;
    this.#end.left = left;
    return this.#end;
  }

  #makeRoom(): void {
    if (this.#candidates.length >= this.#count) return;
    this.#candidates = new Int32Array(this.#count);
    this.#candidateKeys = new Int32Array(this.#count);
  }

  /** Of the first `size` candidates, moves the `count` highest to the beginning, in the order they have. */
  #keepFirst(count: number, size: number): void {
    const [patches, values] = [this.#candidates, this.#candidateKeys];
    const threshold = this.#ranks.valueAt(values, count - 1, size);
    let equal = count; // how many of those at the threshold are in
    for (let place = 0; place < size; place++) equal -= +(values[place]! > threshold);
    for (let place = 0, kept = 0; kept < count; place++) {
      if (values[place]! < threshold) continue;
      if (values[place] === threshold && equal-- <= 0) continue;
      patches[kept++] = patches[place]!;
    }
  }
}
