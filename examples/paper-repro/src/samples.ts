// Images as training wants them: normalized once, in both orientations, copied into batches from then on.
//
// The one augmentation is the horizontal flip, as in SemMAE's pre-training (§4.1). Image, part map and attention flip together.

import type { PatchGrid, Rng } from '@semmae/core';
import { applyView, applyViewToPatches, epochOrder, fullView, type LabeledImage } from '@semmae/data';

/** As it is, and mirrored. */
export type BothWays<Value> = readonly [plain: Value, mirrored: Value];

/** What guides masks on one image: learned part ids and class-token attention, both [N]. */
export interface Guide {
  parts: Uint8Array;
  attention: Float32Array;
}

/** Normalized pixels [size, size, 3] of every image, both ways. */
export function prepareImages(images: readonly LabeledImage[], size: number): BothWays<Float32Array>[] {
  return images.map((image) => {
    const pixels = (flip: boolean) => applyView(image, { ...fullView(image), flip }, { height: size, width: size });
    return [pixels(false), pixels(true)];
  });
}

/** Whole images as they stand, normalized, [side, side, 3] each. */
export function normalizedPixels(images: readonly LabeledImage[], side: number): Float32Array[] {
  return images.map((image) => applyView(image, fullView(image), { height: side, width: side }));
}

/** A guide and its mirror image. */
export function bothWays(guide: Guide, grid: PatchGrid): BothWays<Guide> {
  const { rows: sourceHeight, columns: sourceWidth } = grid;
  const view = { ...fullView({ height: sourceHeight, width: sourceWidth }), flip: true };
  const options = { sourceHeight, sourceWidth, sourceGrid: grid, targetGrid: grid };
  return [
    guide,
    {
      parts: applyViewToPatches(guide.parts, view, options),
      attention: applyViewToPatches(guide.attention, view, options),
    },
  ];
}

/** Which image, and whether it is mirrored. */
export interface Pick {
  index: number;
  mirrored: 0 | 1;
}

/** The images of one step, a pure function of (stream, epoch, step): the same for every strategy that shares a seed. */
export function picksOfStep(
  rng: Rng,
  { epoch, step, count, batchSize }: { epoch: number; step: number; count: number; batchSize: number },
): Pick[] {
  const order = epochOrder(rng, epoch, count).subarray(step * batchSize, (step + 1) * batchSize);
  return Array.from(order, (index) => ({ index, mirrored: rng.split('flip', epoch, index).uniform() < 0.5 ? 1 : 0 }));
}
