// Part ids from soft part maps, such as those that @semmae/parts learns.

import { assertOneOf, type PatchGrid } from '@semmae/core';

import { highestMap, mapsOf } from './highest-map';

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
  const each = mapsOf('partsFromMaps', 'maps', maps, grid);
  const parts = highestMap(each);
  if (typeof background === 'number') {
    return parts.map((part, patch) => (each[part - 1]![patch]! < background ? 0 : part));
  }
  assertOneOf('partsFromMaps', 'background', background, ['none', 'border']);
  return background === 'none' ? parts : withoutBorderParts(parts, grid, each.length);
}

/** The parts with 0 for those that lie around the others. */
function withoutBorderParts(parts: Uint8Array, { rows, columns }: PatchGrid, partCount: number): Uint8Array {
  const held = new Int32Array(partCount + 1); // patches of the border in each part
  let border = 0;
  parts.forEach((part, patch) => {
    const row = Math.floor(patch / columns);
    const column = patch % columns;
    if (row > 0 && row < rows - 1 && column > 0 && column < columns - 1) return;
    held[part]! += 1;
    border += 1;
  });
  const isBackground = new Uint8Array(partCount + 1);
  for (let covered = 0; 2 * covered <= border; ) {
    const most = held.indexOf(Math.max(...held)); // the lower id among equals
    covered += held[most]!;
    held[most] = 0;
    isBackground[most] = 1;
  }
  return parts.map((part) => (isBackground[part] === 1 ? 0 : part));
}
