// From attention maps to a part map: the segmentation that guides masking.

import { assertInteger, assertLength, assertOneOf, highestMap, type PatchGrid, SemmaeError } from '@semmae/core';

import { type BackgroundRule, backgroundMask, backgroundRules } from './background-mask';
import { dropSmallComponents } from './drop-small-components';
import { majorityFilter } from './majority-filter';

export interface PartMapOptions {
  /** Maps of one image, part after part: [P * N], non-negative. */
  attention: Float32Array;
  partCount: number;
  grid: PatchGrid;
  /** Default 'otsu'. */
  background?: BackgroundRule;
  /** How likely each patch shows an object, [N]. Needed for maps normalized over parts. Default: the sum of the maps. */
  saliency?: Float32Array;
  /** Smooths the argmax by the majority of each 3x3 neighborhood. Default false. */
  smooth?: boolean;
  /** Connected areas of fewer patches, background too, are filled from around them. Default 1: all stay. */
  smallestArea?: number;
}

export interface PartMap {
  /** 0 = background, 1 .. P = part, row-major [N]. */
  parts: Uint8Array;
  /** [N]; summed attention is scaled so that an average patch has P. */
  saliency: Float32Array;
}

/**
 * Each patch gets the part whose map is highest there (ties: the lowest id), unless the background rule takes it out.
 *
 * Reference: SemMAE §3.2 (argmax). The background class is ours: over positions the argmax of background is arbitrary.
 */
export function partMap(options: PartMapOptions): PartMap {
  const { attention, partCount, grid, background = 'otsu', smooth = false, smallestArea = 1 } = options;
  const { patchCount } = grid;
  assertInteger('partMap', 'partCount', partCount);
  if (partCount > 255)
    throw new SemmaeError({ where: 'partMap', requirement: 'partCount must fit a byte', got: partCount });
  assertLength('partMap', 'attention', attention, partCount * patchCount, 'pass the maps of one image');
  assertOneOf('partMap', 'background', background, backgroundRules);
  if (options.saliency) assertLength('partMap', 'saliency', options.saliency, patchCount);

  const saliency = options.saliency ?? summedAttention(attention, partCount, patchCount);
  const highest = highestMap(attention, grid);
  const parts = smooth ? majorityFilter(highest, grid) : highest;
  const outside = backgroundMask(background, { attention, partCount, grid, saliency, parts });
  const cut = parts.map((part, patch) => (outside[patch] ? 0 : part));
  // After the cut, which leaves specks of its own.
  return { parts: dropSmallComponents(cut, grid, smallestArea), saliency };
}

function summedAttention(attention: Float32Array, partCount: number, patchCount: number): Float32Array {
  const total = attention.reduce((sum, value) => sum + value, 0);
  const scale = total > 0 ? attention.length / total : 0;
  return Float32Array.from({ length: patchCount }, (_, patch) => {
    let sum = 0;
    for (let part = 0; part < partCount; part++) sum += attention[part * patchCount + patch]!;
    return sum * scale;
  });
}
