// The masks of a batch as the index arrays that gathering needs.

import { SemmaeError } from '@semmae/core';

import { batchOfHidden, unequalMasks } from './batch-of-hidden';
import type { PatchMask } from './patch-mask';

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

export interface MaskBatchOptions {
  /** Lets counts differ between images and pads rows. Default false: they must agree. */
  padding?: boolean;
}

/** Stacks masks. Throws when there are none, when their grids differ, or their counts without `padding`. */
export function maskBatch(masks: readonly PatchMask[], { padding = false }: MaskBatchOptions = {}): MaskBatch {
  const [first] = masks;
  if (first === undefined) {
    throw new SemmaeError({ where: 'maskBatch', requirement: 'there must be at least one mask', got: 'none' });
  }
  const { patchCount } = first;
  const hidden = new Uint8Array(masks.length * patchCount);
  for (let image = 0; image < masks.length; image++) {
    const mask = masks[image]!;
    if (mask.patchCount !== patchCount) throw unequalMasks('maskBatch', countsOf(first), countsOf(mask), image);
    const start = image * patchCount;
    for (let place = 0; place < mask.masked.length; place++) hidden[start + mask.masked[place]!] = 1;
  }
  return batchOfHidden('maskBatch', hidden, patchCount, { padding });
}

function countsOf({ patchCount, masked }: PatchMask) {
  return { patchCount, maskedCount: masked.length };
}
