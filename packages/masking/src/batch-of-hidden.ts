// From "which patches of each image are hidden" to the index arrays of a batch.

import { SemmaeError } from '@semmae/core';

/**
 * The masks of B images, as flat row-major arrays ready for `tensor2d(values, [B, …], 'int32')`.
 *
 * Where images hide unequally many patches, K and M are those of the image with the most, and shorter rows are padded
 * with their own last patch (patch 0 where there is none): gathering is safe, and no hidden patch slips into `visible`.
 * `visibleCounts` and `maskedCounts` say where padding begins; attention masks and losses have to leave it out.
 */
export interface MaskBatch {
  readonly batchSize: number;
  /** N */
  readonly patchCount: number;
  /** K, the length of the rows of `visible`. */
  readonly visibleCount: number;
  /** M, the length of the rows of `masked`; N - K unless counts differ. */
  readonly maskedCount: number;
  /** [B] visible patches of each image, K unless counts differ. */
  readonly visibleCounts: Int32Array;
  /** [B] masked patches of each image. */
  readonly maskedCounts: Int32Array;
  /** [B, K] ascending in each row, then padding. */
  readonly visible: Int32Array;
  /** [B, M] ascending in each row, then padding. */
  readonly masked: Int32Array;
  /** [B, N] where patch p stands in `visible ++ masked` of its row (K + M places), never on padding. */
  readonly restore: Int32Array;
  /** [B, N] 1 = masked: what replaces tokens instead of dropping them, and weighs losses over all patches. */
  readonly hidden: Uint8Array;
}

/**
 * The batch that `hidden` [B, N] describes; it becomes part of the batch. Arrays of `reuse` serve again where their
 * lengths fit. Throws when counts differ between images, unless rows may be padded.
 */
export function batchOfHidden(
  where: string,
  hidden: Uint8Array,
  patchCount: number,
  { padding = false, reuse }: { padding?: boolean; reuse?: MaskBatch | undefined },
): MaskBatch {
  const first = countHidden(hidden, 0, patchCount);
  const last = countHidden(hidden, hidden.length - patchCount, patchCount);
  if (!padding || first === last) {
    const batch = emptyBatch(hidden, patchCount, { visibleCount: patchCount - first, maskedCount: first }, reuse);
    const unequal = fillRows(batch);
    if (unequal === undefined) return batch;
    if (!padding) {
      const other = batch.maskedCounts[unequal]!;
      throw unequalMasks(where, { patchCount, maskedCount: first }, { patchCount, maskedCount: other }, unequal);
    }
  }
  const padded = emptyBatch(hidden, patchCount, largestCounts(hidden, patchCount), reuse);
  fillRows(padded, padding);
  return padded;
}

function emptyBatch(
  hidden: Uint8Array,
  patchCount: number,
  { visibleCount, maskedCount }: { visibleCount: number; maskedCount: number },
  reuse?: MaskBatch,
): MaskBatch {
  const batchSize = hidden.length / patchCount;
  return {
    batchSize,
    patchCount,
    visibleCount,
    maskedCount,
    visibleCounts: sized(reuse?.visibleCounts, batchSize),
    maskedCounts: sized(reuse?.maskedCounts, batchSize),
    visible: sized(reuse?.visible, batchSize * visibleCount),
    masked: sized(reuse?.masked, batchSize * maskedCount),
    restore: sized(reuse?.restore, batchSize * patchCount),
    hidden,
  };
}

/** The lengths that rows need where counts differ. */
function largestCounts(hidden: Uint8Array, patchCount: number) {
  let [visibleCount, maskedCount] = [0, 0];
  for (let start = 0; start < hidden.length; start += patchCount) {
    const count = countHidden(hidden, start, patchCount);
    maskedCount = Math.max(maskedCount, count);
    visibleCount = Math.max(visibleCount, patchCount - count);
  }
  return { visibleCount, maskedCount };
}

/** What to say when two masks do not stack. */
export function unequalMasks(
  where: string,
  first: { patchCount: number; maskedCount: number },
  other: { patchCount: number; maskedCount: number },
  image: number,
): SemmaeError {
  return new SemmaeError({
    where,
    requirement: `every mask must hide as many patches as the first (${first.maskedCount} of ${first.patchCount})`,
    got: `${other.maskedCount} of ${other.patchCount} in image ${image}`,
    remedy:
      first.patchCount === other.patchCount
        ? 'give the strategy a maskRatio or maskedCount, or allow padding: true'
        : 'images of different grids need batches of their own',
  });
}

/**
 * Writes the lists of every image by way of `visible ++ masked`, whose inverse `restore` is. Without padding it ends at
 * the first image whose counts are not those of the rows, and returns it.
 */
function fillRows(batch: MaskBatch, padding = false): number | undefined {
  const { batchSize, patchCount, visibleCount, maskedCount, hidden, restore } = batch;
  const order = new Int32Array(visibleCount + maskedCount);
  const visible = order.subarray(0, visibleCount);
  const masked = order.subarray(visibleCount);
  for (let image = 0; image < batchSize; image++) {
    const count = orderPatches(hidden, image * patchCount, patchCount, visibleCount, order, restore);
    batch.visibleCounts[image] = patchCount - count;
    batch.maskedCounts[image] = count;
    if (padding) {
      pad(visible, patchCount - count);
      pad(masked, count);
    } else if (count !== maskedCount) return image;
    batch.visible.set(visible, image * visibleCount);
    batch.masked.set(masked, image * maskedCount);
  }
  return undefined;
}

/** Gives each patch its place in `order` and its entry in `restore`, without branching on random values; returns M. */
function orderPatches(
  hidden: Uint8Array,
  start: number,
  patchCount: number,
  visibleCount: number,
  order: Int32Array,
  restore: Int32Array,
): number {
  let masked = 0; // patches so far; the others are visible
  for (let patch = 0; patch < patchCount; patch++) {
    const isHidden = hidden[start + patch]!;
    const ifVisible = patch - masked;
    const place = ifVisible + (-isHidden & (visibleCount + masked - ifVisible));
    masked += isHidden;
    restore[start + patch] = place;
    order[place] = patch;
  }
  return masked;
}

/** Repeats the last of the `count` patches that a row has. */
function pad(row: Int32Array, count: number): void {
  if (count < row.length) row.fill(count > 0 ? row[count - 1]! : 0, count);
}

function countHidden(hidden: Uint8Array, start: number, patchCount: number): number {
  let count = 0;
  for (let at = start; at < start + patchCount; at++) count += hidden[at]!;
  return count;
}

/** An array of this length: the old one if it fits. All of it will be written. */
function sized(old: Int32Array | undefined, length: number): Int32Array {
  return old?.length === length ? old : new Int32Array(length);
}
