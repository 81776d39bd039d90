// Center-square masking, the inpainting mask of the Context Encoder.

import { assertInteger, type PatchGrid, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { drawFromList } from '../selection/draw-from-list';
import { strategyFromHide } from '../strategy-from-hide';
import { assertOverlap, centeredSquare } from './centered-square';

export interface SquareMaskingOptions extends MaskedCountOptions {
  /**
   * Side of the square in patches, M = side². Excludes maskRatio and maskedCount. Half the grid's side is the Context
   * Encoder's choice. Where side and grid differ by an odd number, the square sits half a patch up or left.
   */
  side?: number | undefined;
  /**
   * With `side`: a border of the square, this many patches wide, stays visible, M = (side - 2 * overlap)². The network
   * still restores the whole square; `squareTarget` gives its patches and weights. Default 0.
   */
  overlap?: number | undefined;
}

/**
 * Hides a square in the center.
 *
 * With `side` the mask is that square and nothing else, the same for every image. With a count (default: 0.75 of the
 * patches) it grows around the exact center in square rings and stays inside the grid; rings are hidden whole while
 * they fit, and of the last ring a random part, so the count is exact. On a 16 x 16 grid 64 masked patches are the
 * 8 x 8 center; on a 14 x 14 grid 147 are the 12 x 12 center and 3 patches of its border.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §3.3, https://arxiv.org/abs/1604.07379
 */
export function squareMasking({ side, overlap, ...count }: SquareMaskingOptions = {}): MaskingStrategy {
  if (side === undefined) {
    if (overlap !== undefined) throw wrongOptions('overlap needs side', { overlap, ...count });
    return growingSquare(count);
  }
  assertInteger('squareMasking', 'side', side);
  assertOverlap('squareMasking', side, overlap);
  if (Object.values(count).some((value) => value !== undefined)) {
    throw wrongOptions('side excludes maskRatio and maskedCount', { side, ...count });
  }
  return strategyFromHide({
    name: 'square',
    hide({ grid }, hidden) {
      const { first, erased } = centeredSquare('squareMasking', grid, side, overlap);
      hidden.fill(0);
      for (let row = 0, start = first; row < erased; row++, start += grid.columns) {
        hidden.fill(1, start, start + erased);
      }
    },
  });
}

function growingSquare(count: MaskedCountOptions): MaskingStrategy {
  const maskedCountFor = maskedCountRule('squareMasking', count);
  let rings = ringsOf({ rows: 0, columns: 0, patchCount: 0 });
  return strategyFromHide({
    name: 'square',
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      if (rings.rows !== grid.rows || rings.columns !== grid.columns) rings = ringsOf(grid);
      const { patches, ends } = rings;
      let ring = 0;
      while (ends[ring]! < maskedCount) ring += 1;
      const start = ring === 0 ? 0 : ends[ring - 1]!;
      hidden.fill(0);
      for (let place = 0; place < start; place++) hidden[patches[place]!] = 1;
      drawFromList({ patches, start, length: ends[ring]! - start }, maskedCount - start, hidden, rng);
    },
  });
}

/** The patches of a grid from the center outwards, and where each square ring of them ends. */
function ringsOf({ rows, columns, patchCount }: PatchGrid) {
  // Doubled distances keep the center of an even side an integer.
  const distance = (patch: number) =>
    Math.max(Math.abs(2 * Math.floor(patch / columns) - (rows - 1)), Math.abs(2 * (patch % columns) - (columns - 1)));
  const patches = Int32Array.from({ length: patchCount }, (_, patch) => patch);
  patches.sort((left, right) => distance(left) - distance(right));
  const isLast = (place: number) => distance(patches[place]!) !== distance(patches[place + 1] ?? -1);
  const ends = [...patches.keys()].filter((place) => place + 1 === patchCount || isLast(place));
  return { rows, columns, patches, ends: ends.map((place) => place + 1) };
}

function wrongOptions(requirement: string, got: object): SemmaeError {
  return new SemmaeError({ where: 'squareMasking', requirement, got, remedy: 'give a side or a count' });
}
