// How well predicted foreground and saliency find the object, against any mask.

import { assertLength, type PatchGrid, type PatchLabelCounts, patchLabelCounts } from '@semmae/core';

import { areaUnderCurve } from './area-under-curve';
import type { PartTruth } from './part-truth';

export interface ForegroundScores {
  /** IoU over all pixels of predicted part > 0 with true label > 0; null where neither has any. */
  iou: number | null;
  /** Area under the ROC curve of saliency for true label > 0, pixels of all images ranked together; null without saliency or one of the classes. */
  auc: number | null;
}

export interface ForegroundScorer {
  /** `parts` [N]: 0 = background; `saliency` [N]: higher = more likely an object. Ignored pixels of `mask` do not count. */
  add(image: { parts: Uint8Array; saliency?: ArrayLike<number>; mask: PartTruth }): void;
  scores(): ForegroundScores;
}

/** Collects image by image; pixels take the part and the saliency of their patch. */
export function foregroundScorer(grid: PatchGrid): ForegroundScorer {
  const scores: number[] = [];
  const positives: number[] = [];
  const negatives: number[] = [];
  let [both, either] = [0, 0];
  return {
    add({ parts, saliency, mask }) {
      assertLength('foregroundScorer', 'parts', parts, grid.patchCount);
      if (saliency) assertLength('foregroundScorer', 'saliency', saliency, grid.patchCount);
      const counts = patchLabelCounts('foregroundScorer', mask.labels, mask, grid);
      for (let patch = 0; patch < grid.patchCount; patch++) {
        const [outside, inside] = backgroundAndForeground(counts, patch, mask.ignore);
        if (parts[patch]! > 0) both += inside;
        either += inside + (parts[patch]! > 0 ? outside : 0);
        if (saliency === undefined) continue;
        scores.push(saliency[patch]!);
        positives.push(inside);
        negatives.push(outside);
      }
    },
    scores() {
      const auc = areaUnderCurve({ scores, positives, negatives });
      return { iou: either > 0 ? both / either : null, auc };
    },
  };
}

/** Pixels of background and of all parts in a patch. */
function backgroundAndForeground(
  { counts, labels }: PatchLabelCounts,
  patch: number,
  ignore: number | undefined,
): [number, number] {
  let [outside, inside] = [0, 0];
  labels.forEach((label, place) => {
    if (label === ignore) return;
    const count = counts[patch * labels.length + place]!;
    if (label > 0) inside += count;
    else outside += count;
  });
  return [outside, inside];
}
