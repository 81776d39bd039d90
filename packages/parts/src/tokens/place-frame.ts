// The rectangle that the places of patches are measured in: the image, or the object in it.

import type { PatchGrid } from '@semmae/core';

import { borderPathSaliency } from '../maps/border-saliency/border-path-saliency';
import type { BorderSaliencyOptions } from '../maps/border-saliency/token-directions';
import { otsuThreshold } from '../maps/otsu-threshold';

/** 'image': places in the encoder's input. 'object': places in the object, which is what differs from the border. */
export const placeFrames = ['image', 'object'] as const;
export type PlaceFrameName = (typeof placeFrames)[number];

/** A rectangle in patches: 0 is the center of the first row or column. Places run from 0 on one side to 1 on the other. */
export interface PlaceFrame {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Deviations from side to side: those of a solid rectangle lie sqrt(12) = 3.46 of them apart. */
const deviationsAcross = 3.4;

/** From the first row and column to the last, whatever the image shows. */
export function imageFrame({ rows, columns }: PatchGrid): PlaceFrame {
  return { top: 0, left: 0, height: Math.max(1, rows - 1), width: Math.max(1, columns - 1) };
}

/**
 * About the box of the object, from the tokens of one image as the encoder made them: 1.7 standard deviations of the foreground to
 * each side of its centroid, a deviation being at least one patch. Foreground is `borderPathSaliency` from Otsu's threshold up. The
 * frame of the image where that finds nothing to cut or a single patch. A mirror image has its own tokens, and so its own frame.
 *
 * Throws a SemmaeError when the tokens do not fit the grid.
 */
export function objectFrame(options: BorderSaliencyOptions): PlaceFrame {
  const { grid } = options;
  const saliency = borderPathSaliency(options);
  const threshold = otsuThreshold(saliency);
  const foreground: number[] = [];
  for (let patch = 0; patch < grid.patchCount; patch++) if (saliency[patch]! >= threshold) foreground.push(patch);
  // Otsu puts everything into the upper class where all patches are alike
  if (foreground.length <= 1 || foreground.length === grid.patchCount) return imageFrame(grid);
  return frameOfPatches(foreground, grid);
}

/** 1.7 standard deviations of `patches` to each side of their centroid, a deviation being at least one patch. */
export function frameOfPatches(patches: ArrayLike<number>, { columns }: PatchGrid): PlaceFrame {
  const [top, height] = extent(Array.from(patches, (patch) => Math.floor(patch / columns)));
  const [left, width] = extent(Array.from(patches, (patch) => patch % columns));
  return { top, left, height, width };
}

/** Start and length of a side. */
function extent(places: readonly number[]): [number, number] {
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  const variance = places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length;
  const length = deviationsAcross * Math.max(1, Math.sqrt(variance));
  return [mean - length / 2, length];
}
