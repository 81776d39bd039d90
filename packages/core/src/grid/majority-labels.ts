// From a label per pixel to a label per patch, by vote.

import { SemmaeError } from '../semmae-error';
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
 * [N] the commonest label of each patch among the `labels` [H, W] of its pixels, integers from 0 to 255 except for the one to ignore.
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
  const { counts, labels: present } = patchLabelCounts(where, labels, size, grid);
  const foreign = present.findLast((label) => label !== ignore);
  if (foreign !== undefined && foreign > 255) {
    const remedy = 'number the labels of the image from 0 on';
    throw new SemmaeError({ where, requirement: 'labels must be integers from 0 to 255', got: foreign, remedy });
  }
  const ignored = ignore === undefined ? -1 : present.indexOf(ignore);
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const votes = counts.subarray(patch * present.length, (patch + 1) * present.length);
    if (ignored >= 0) votes[ignored] = 0;
    const most = Math.max(...votes);
    return most === 0 ? withoutVotes : present[votes.indexOf(most)]!;
  });
}
