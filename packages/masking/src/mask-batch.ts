// The masks of a batch as the index arrays that gathering needs.

import { SemmaeError } from '@semmae/core';

import { batchOfHidden, type MaskBatch, unequalMasks } from './batch-of-hidden';
import type { PatchMask } from './patch-mask';

export type { MaskBatch };

export interface MaskBatchOptions {
  /** Lets counts differ between images and pads rows. Default false: they must agree. */
  padding?: boolean | undefined;
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
