// How often each patch is hidden over many draws: shows at a glance what a strategy prefers.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { attentionPicture } from './attention-picture';
import type { ColorMap } from './color-map';
import { assertPatchIndices } from './image-cells';
import type { Picture } from './picture';

export interface MaskFrequencyPictureOptions {
  height: number;
  width: number;
  grid: PatchGrid;
  /** The masked patches of each draw. */
  draws: readonly ArrayLike<number>[];
  /** Default 'viridis'. */
  colorMap?: ColorMap;
}

/** A heat map of the share of draws that hide each patch, on the fixed scale 0..1 so that strategies compare. */
export function maskFrequencyPicture(options: MaskFrequencyPictureOptions): Picture {
  const { height, width, grid, draws, colorMap = 'viridis' } = options;
  return attentionPicture({
    height,
    width,
    grid,
    attention: maskFrequencies(grid, draws),
    colorMap,
    interpolation: 'nearest',
    range: [0, 1],
  });
}

/** Share of draws that hide each patch, [N], in [0, 1]. */
export function maskFrequencies(grid: PatchGrid, draws: readonly ArrayLike<number>[]): Float32Array {
  if (draws.length === 0) {
    throw new SemmaeError({ where: 'maskFrequencies', requirement: 'draws must hold at least one mask', got: 'none' });
  }
  const counts = new Float32Array(grid.patchCount);
  for (const masked of draws) {
    assertPatchIndices('maskFrequencies', 'masked', masked, grid);
    for (let index = 0; index < masked.length; index++) counts[masked[index]!]! += 1;
  }
  return counts.map((count) => count / draws.length);
}
