// From a label per pixel to a label per patch, by vote.

import type { PatchGrid } from './patch-grid';
import { patchLabelCounts } from './patch-label-counts';
import type { ImageSize } from './pixel-patches';

export interface MajorityLabelsOptions {
  /** Label of pixels without a vote, such as the 255 that many data sets use for "unknown". Default: every pixel votes. */
  ignore?: number;
  /** Label of a patch in which no pixel votes. Default 0, the background. */
  withoutVotes?: number;
  /** Names the caller in errors. Default 'majorityLabels'. */
  where?: string;
}

/**
 * [N] the commonest label of each patch among the `labels` [H, W] of its pixels, integers from 0 to 255.
 *
 * The lowest of equally common labels wins, so background (0) wins its ties. A pixel votes in the patch that holds its center:
 * the image may have any size of at least a pixel per patch. No other labels of patches agree with more pixels that vote.
 */
export function majorityLabels(
  labels: ArrayLike<number>,
  size: ImageSize,
  grid: PatchGrid,
  { ignore, withoutVotes = 0, where = 'majorityLabels' }: MajorityLabelsOptions = {},
): Uint8Array {
  const { counts, labelCount } = patchLabelCounts(where, labels, size, grid);
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const votes = counts.subarray(patch * labelCount, (patch + 1) * labelCount);
    if (ignore !== undefined && ignore < labelCount) votes[ignore] = 0;
    const most = Math.max(...votes);
    return most === 0 ? withoutVotes : votes.indexOf(most);
  });
}
