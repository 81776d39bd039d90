// Part ids from soft part maps, such as those that @semmae/parts learns.

import { assertOneOf, borderParts, highestMap, type PatchGrid } from '@semmae/core';

import { assertMaps } from './assert-maps';

export interface PartsFromMapsOptions {
  /**
   * Which patches become background, id 0. `none` (default): none does. A number: those whose highest map is below it.
   * `border`: those of the fewest parts that together hold more than half of the image's border.
   */
  background?: 'none' | 'border' | number;
}

/**
 * [N] for `context.parts`: 1 to P by the highest of P maps [P, N], the lower id among equals, or 0 for background.
 *
 * Reference: Li et al., "SemMAE", §3.2 (argmax over attention maps), https://arxiv.org/abs/2206.10207
 */
export function partsFromMaps(
  maps: Float32Array,
  grid: PatchGrid,
  { background = 'none' }: PartsFromMapsOptions = {},
): Uint8Array {
  assertMaps('partsFromMaps', 'maps', maps, grid);
  const parts = highestMap(maps, grid);
  if (typeof background === 'number') {
    return parts.map((part, patch) => (maps[(part - 1) * grid.patchCount + patch]! < background ? 0 : part));
  }
  assertOneOf('partsFromMaps', 'background', background, ['none', 'border']);
  if (background === 'none') return parts;
  const isBackground = borderParts(parts, grid);
  return parts.map((part, patch) => part * (1 - isBackground[patch]!));
}
