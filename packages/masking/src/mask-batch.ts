// Stacks the masks of a batch into the index arrays that gathering needs.

import { SemmaeError } from '@semmae/core';

import type { PatchMask } from './patch-mask';

/** The masks of B images with equal counts, as flat row-major arrays ready for `tensor2d(values, [B, …], 'int32')`. */
export interface MaskBatch {
  readonly batchSize: number;
  /** N */
  readonly patchCount: number;
  /** K */
  readonly visibleCount: number;
  /** M = N - K */
  readonly maskedCount: number;
  /** [B, K] ascending in each row. */
  readonly visible: Int32Array;
  /** [B, M] ascending in each row. */
  readonly masked: Int32Array;
  /** [B, N] where patch p stands in `visible ++ masked` of its row: the inverse of that order. */
  readonly restore: Int32Array;
}

/** Stacks masks. Throws when there are none, or when their patch or masked counts differ. */
export function maskBatch(masks: readonly PatchMask[]): MaskBatch {
  const [first] = masks;
  if (first === undefined) {
    throw new SemmaeError({ where: 'maskBatch', requirement: 'there must be at least one mask', got: 'none' });
  }
  const { patchCount } = first;
  const visibleCount = first.visible.length;
  const maskedCount = first.masked.length;
  const visible = new Int32Array(masks.length * visibleCount);
  const masked = new Int32Array(masks.length * maskedCount);
  const restore = new Int32Array(masks.length * patchCount);

  masks.forEach((mask, image) => {
    if (mask.patchCount !== patchCount || mask.masked.length !== maskedCount) throw unequalCounts(first, mask, image);
    visible.set(mask.visible, image * visibleCount);
    masked.set(mask.masked, image * maskedCount);
    const start = image * patchCount;
    mask.visible.forEach((patch, place) => {
      restore[start + patch] = place;
    });
    mask.masked.forEach((patch, place) => {
      restore[start + patch] = visibleCount + place;
    });
  });
  return { batchSize: masks.length, patchCount, visibleCount, maskedCount, visible, masked, restore };
}

function unequalCounts(first: PatchMask, mask: PatchMask, image: number): SemmaeError {
  return new SemmaeError({
    where: 'maskBatch',
    requirement: `every mask must hide as many patches as the first (${first.masked.length} of ${first.patchCount})`,
    got: `${mask.masked.length} of ${mask.patchCount} in image ${image}`,
    remedy: 'give the strategy a maskRatio or maskedCount; images of different grids need batches of their own',
  });
}
