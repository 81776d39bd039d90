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
  { padding = false, reuse }: { padding?: boolean; reuse?: MaskBatch },
): MaskBatch {
  const batchSize = hidden.length / patchCount;
  const maskedCounts = sized(reuse?.maskedCounts, batchSize);
  const visibleCounts = sized(reuse?.visibleCounts, batchSize);
  let [maskedCount, visibleCount] = [0, 0];
  for (let image = 0; image < batchSize; image++) {
    const count = countHidden(hidden, image * patchCount, patchCount);
    maskedCounts[image] = count;
    visibleCounts[image] = patchCount - count;
    if (count !== maskedCounts[0] && !padding) {
      throw unequalMasks(
        where,
        { patchCount, maskedCount: maskedCounts[0]! },
        { patchCount, maskedCount: count },
        image,
      );
    }
    maskedCount = Math.max(maskedCount, count);
    visibleCount = Math.max(visibleCount, patchCount - count);
  }

  const batch: MaskBatch = {
    batchSize,
    patchCount,
    visibleCount,
    maskedCount,
    visibleCounts,
    maskedCounts,
    visible: sized(reuse?.visible, batchSize * visibleCount),
    masked: sized(reuse?.masked, batchSize * maskedCount),
    restore: sized(reuse?.restore, batchSize * patchCount),
    hidden,
  };
  for (let image = 0; image < batchSize; image++) fillRow(batch, image);
  return batch;
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
 * Writes the row of one image. Every patch is written to both lists and only its own moves on, so that nothing
 * branches on random values; what overshoots a row is padding or begins the next row, and both are written later.
 */
function fillRow(
  { patchCount, visibleCount, maskedCount, visible, masked, restore, hidden }: MaskBatch,
  image: number,
) {
  const start = image * patchCount;
  const firstVisible = image * visibleCount;
  const firstMasked = image * maskedCount;
  let inVisible = 0;
  let inMasked = 0;
  for (let patch = 0; patch < patchCount; patch++) {
    const isHidden = hidden[start + patch]!;
    visible[firstVisible + inVisible] = patch;
    masked[firstMasked + inMasked] = patch;
    restore[start + patch] = inVisible + isHidden * (visibleCount + inMasked - inVisible);
    inMasked += isHidden;
    inVisible += 1 - isHidden;
  }
  pad(visible, firstVisible + inVisible, firstVisible + visibleCount, inVisible);
  pad(masked, firstMasked + inMasked, firstMasked + maskedCount, inMasked);
}

/** Repeats what stands before `start`, the last patch of a row that has `count` so far. */
function pad(row: Int32Array, start: number, end: number, count: number): void {
  if (start < end) row.fill(count > 0 ? row[start - 1]! : 0, start, end);
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
