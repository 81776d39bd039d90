// Centre-square masking, the inpainting mask of the Context Encoder.

import { assertInteger, type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { createPatchMask } from '../patch-mask';

export interface SquareMaskingOptions extends MaskedCountOptions {
  /**
   * Side of the square in patches, M = side². Excludes maskRatio and maskedCount. Half the grid's side is the Context
   * Encoder's choice. Where side and grid differ by an odd number, the square sits half a patch up or left.
   */
  side?: number;
}

/**
 * Hides a square in the centre.
 *
 * With `side` the mask is that square and nothing else, the same for every image. With a count (default: 0.75 of the
 * patches) it grows around the exact centre in square rings and stays inside the grid; rings are hidden whole while
 * they fit, and of the last ring a random part, so the count is exact. On a 16 x 16 grid 64 masked patches are the
 * 8 x 8 centre; on a 14 x 14 grid 147 are the 12 x 12 centre and 3 patches of its border.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §3.3, https://arxiv.org/abs/1604.07379
 */
export function squareMasking({ side, ...count }: SquareMaskingOptions = {}): MaskingStrategy {
  if (side === undefined) {
    const maskedCountFor = maskedCountRule('squareMasking', count);
    return {
      name: 'square',
      guidance: 'none',
      sample: ({ grid }, rng) => growSquare(grid, maskedCountFor(grid.patchCount), rng),
    };
  }
  assertInteger('squareMasking', 'side', side);
  if (count.maskRatio !== undefined || count.maskedCount !== undefined) {
    throw new SemmaeError({
      where: 'squareMasking',
      requirement: 'side excludes maskRatio and maskedCount',
      got: { side, ...count },
      remedy: 'give one of the three',
    });
  }
  return { name: 'square', guidance: 'none', sample: ({ grid }) => placeSquare(grid, side) };
}

function placeSquare({ rows, columns, patchCount }: PatchGrid, side: number) {
  if (side > rows || side > columns || side * side === patchCount) {
    throw new SemmaeError({
      where: 'squareMasking',
      requirement: `the square must fit a grid of ${rows}x${columns} patches and leave some visible`,
      got: `side ${side}`,
      remedy: `half the shorter side is ${Math.floor(Math.min(rows, columns) / 2)}`,
    });
  }
  const top = Math.floor((rows - side) / 2);
  const left = Math.floor((columns - side) / 2);
  const masked = Int32Array.from(
    { length: side * side },
    (_, place) => (top + Math.floor(place / side)) * columns + left + (place % side),
  );
  return createPatchMask({ patchCount, masked });
}

function growSquare({ rows, columns, patchCount }: PatchGrid, maskedCount: number, rng: Rng) {
  // Doubled distances keep the centre of an even side an integer.
  const ring = Int32Array.from({ length: patchCount }, (_, patch) => {
    const vertical = Math.abs(2 * Math.floor(patch / columns) - (rows - 1));
    const horizontal = Math.abs(2 * (patch % columns) - (columns - 1));
    return Math.max(vertical, horizontal);
  });
  // A stable sort of a random order leaves each ring in random order.
  const order = rng.permutation(patchCount).sort((a, b) => ring[a]! - ring[b]!);
  return createPatchMask({ patchCount, masked: order.subarray(0, maskedCount) });
}
