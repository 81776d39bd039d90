// What a strategy gets to see of the views of some images: the grid, this moment, and parts and scores that moved with the view.

import { type PatchGrid, SemmaeError } from '@semmae/core';
import { applyViewToPatches, type LabeledImage, type View } from '@semmae/data';
import {
  type BatchMaskingStrategy,
  type MaskingContext,
  type MaskingStrategy,
  mostAttendedPatches,
  subsetContext,
} from '@semmae/masking';

export interface MaskingContextsOptions {
  masking: MaskingStrategy | BatchMaskingStrategy;
  /** Share of patches that are used at all, those with the highest scores. */
  keptShare: number;
  /** Of the views. */
  grid: PatchGrid;
  /** Share of the training that is done. */
  progress: number;
}

/** With `patchParts` from a shard where `needsPatchParts`. */
export interface ViewedImage {
  image: Pick<LabeledImage, 'id' | 'height' | 'width' | 'patchParts'>;
  view: View;
}

/** Whether masks need part maps or scores beside the images. */
export function needsPatchParts({
  masking,
  keptShare,
}: Pick<MaskingContextsOptions, 'masking' | 'keptShare'>): boolean {
  return masking.guidance !== 'none' || keptShare < 1;
}

/**
 * A context for each view, of its kept patches alone where fewer than all are kept; `kept` then lists them image by image and
 * `gridPatches` turns the places of a mask into patches of the grid.
 */
export function maskingContexts(
  viewed: readonly ViewedImage[],
  { masking, keptShare, grid, progress }: MaskingContextsOptions,
): { contexts: MaskingContext[]; kept: Int32Array[] } {
  const guided = needsPatchParts({ masking, keptShare });
  const keptCount = Math.max(1, Math.floor(grid.patchCount * keptShare));
  const whole = viewed.map((one): MaskingContext => ({ grid, progress, ...(guided && guidance(one, grid)) }));
  if (keptCount === grid.patchCount) return { contexts: whole, kept: [] };
  const kept = whole.map(({ attention }) => mostAttendedPatches(attention!, keptCount));
  return { contexts: whole.map((context, index) => subsetContext(context, kept[index]!)), kept };
}

/** Parts and scores of the patches of `view`; a shard without scores gives none. */
function guidance({ image, view }: ViewedImage, targetGrid: PatchGrid): Pick<MaskingContext, 'parts' | 'attention'> {
  const { id, height: sourceHeight, width: sourceWidth, patchParts } = image;
  if (patchParts === undefined) {
    throw new SemmaeError({
      where: 'maskingContexts',
      requirement: `${id} must have a part map`,
      got: 'none',
      remedy: 'add the maps of a shard with withPartMaps',
    });
  }
  const { grid: sourceGrid, labels, scores } = patchParts;
  const sizes = { sourceHeight, sourceWidth, sourceGrid, targetGrid };
  return {
    parts: applyViewToPatches(labels, view, sizes),
    ...(scores && { attention: applyViewToPatches(scores, view, sizes) }),
  };
}
