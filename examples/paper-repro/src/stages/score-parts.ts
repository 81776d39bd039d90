// Learned parts against ground truth, where the images come with any.

import type { PatchGrid } from '@semmae/core';
import { applyViewToPixels, type LabeledImage } from '@semmae/data';
import { type PartScores, partScorer } from '@semmae/parts';

import type { LearnedImageParts } from './draw-part-maps';

/** Scores over all pixels of all images at once; null where an image has no part labels. */
export function scoreLearnedParts(
  images: readonly LabeledImage[],
  learned: readonly LearnedImageParts[],
  grid: PatchGrid,
): PartScores | null {
  const scorer = partScorer();
  for (const [index, image] of images.entries()) {
    if (image.parts === undefined) return null;
    const { parts, foreground } = learned[index]!;
    scorer.add({
      predicted: toPixels(parts, grid, image),
      foreground: toPixels(foreground, grid, image),
      truth: image.parts,
    });
  }
  return scorer.scores();
}

/** Every pixel takes the label of its patch. */
function toPixels(labels: Uint8Array, grid: PatchGrid, { height, width }: LabeledImage): Uint8Array {
  const view = { top: 0, left: 0, height: grid.rows, width: grid.columns, flip: false };
  return applyViewToPixels(labels, view, { sourceHeight: grid.rows, sourceWidth: grid.columns, height, width });
}
