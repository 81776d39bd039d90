// From the attention maps of one image to everything that masking needs.

import { assertLength, assertOneOf, assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

import type { SoftmaxAxis } from './attention-maps';
import { type PartMap, type PartMapOptions, partMap } from './part-map';
import { resamplePartAttention } from './resample-part-attention';
import { topPatches } from './top-patches';

export interface DrawPartsOptions extends PartMapOptions {
  /** The wanted grid. Default: that of the maps. Maps and saliency are resampled before the argmax, 28x28 to 14x14 by 2x2 means. */
  toGrid?: PatchGrid;
  /** Share of patches to keep by saliency, in (0, 1]. Default 1; SemMAE keeps a quarter at patch size 8. */
  keep?: number;
  /** Along which axis the maps sum to 1. Default 'positions'. Over parts their sum says nothing: pass `saliency`. */
  softmaxAxis?: SoftmaxAxis;
}

export interface DrawnParts extends PartMap {
  /** The grid of `parts` and `saliency`. */
  grid: PatchGrid;
  /** The kept patches, the most salient ones: ascending indices in the grid and the part of each, 0 = background. */
  kept: { patches: Int32Array; parts: Uint8Array };
}

/**
 * Resampling, argmax, smoothing, background, specks and the most salient patches, in this order.
 *
 * Reference: SemMAE §3.2 and §4.2, https://arxiv.org/abs/2206.10207
 */
export function drawParts(options: DrawPartsOptions): DrawnParts {
  const {
    grid: fromGrid,
    toGrid = fromGrid,
    partCount,
    softmaxAxis = 'positions',
    keep = 1,
    background = 'otsu',
  } = options;
  assertOneOf('drawParts', 'softmaxAxis', softmaxAxis, ['positions', 'parts']);
  assertRange('drawParts', 'keep', keep, Number.MIN_VALUE, 1);
  if (softmaxAxis === 'parts' && !options.saliency && (background === 'otsu' || keep < 1)) {
    throw new SemmaeError({
      where: 'drawParts',
      requirement: 'maps normalized over parts need saliency for the Otsu cut and for keep',
      got: 'none',
      remedy: "pass the encoder's class attention, or use background 'border-part' or 'none' and keep everything",
    });
  }
  if (options.saliency) assertLength('drawParts', 'saliency', options.saliency, fromGrid.patchCount);
  const resample = (attention: Float32Array, count: number) =>
    toGrid.rows === fromGrid.rows && toGrid.columns === fromGrid.columns
      ? attention
      : resamplePartAttention({ attention, partCount: count, fromGrid, toGrid });
  const { parts, saliency } = partMap({
    ...options,
    background,
    attention: resample(options.attention, partCount),
    saliency: options.saliency && resample(options.saliency, 1),
    grid: toGrid,
  });
  const patches = topPatches(saliency, keep);
  return {
    parts,
    saliency,
    grid: toGrid,
    kept: { patches, parts: Uint8Array.from(patches, (patch) => parts[patch]!) },
  };
}
