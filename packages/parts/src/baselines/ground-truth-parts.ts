// The truth as far as patches can tell it: what no prediction per patch can beat by much.

import type { PatchGrid } from '@semmae/core';

import { ignoredLabel } from '../metrics/majority-patch-labels';
import { labelCount, type PartTruth, patchLabelCounts } from '../metrics/patch-label-counts';

/**
 * The commonest true label of each patch, [N]: 0 = background, ties: the lowest. Pixels labeled 255 have no vote; a patch
 * of nothing else is background. Of all labels per patch these agree with the most pixels.
 */
export function groundTruthParts(truth: PartTruth, grid: PatchGrid): Uint8Array {
  const counts = patchLabelCounts(truth, grid, 'groundTruthParts');
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const votes = counts.subarray(patch * labelCount, patch * labelCount + ignoredLabel);
    return votes.reduce((best, count, label) => (count > votes[best]! ? label : best), 0);
  });
}
