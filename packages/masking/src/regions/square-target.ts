// What a Context Encoder restores: the whole center square, although its border stays visible.

import { assertInteger, assertRange, type PatchGrid } from '@semmae/core';

import { assertOverlap, centeredSquare } from './centered-square';

export interface SquareTargetOptions {
  /** Side of the square in patches, as given to `squareMasking`. */
  side: number;
  /** Width in patches of its border that stays visible, as given to `squareMasking`. Default 0. */
  overlap?: number | undefined;
  /** Weight of the border in the loss; what is erased weighs 1. Default 10, the Context Encoder. */
  overlapWeight?: number | undefined;
}

export interface SquareTarget {
  /** [side²] ascending: the patches to restore, of which `squareMasking` erases those inside the border. */
  readonly patches: Int32Array;
  /** [side²] how much each of them weighs in the loss. */
  readonly weights: Float32Array;
}

/**
 * The target of `squareMasking({ side, overlap })`. The border lets the network join the square to its surroundings.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §4, https://arxiv.org/abs/1604.07379
 */
export function squareTarget(
  grid: PatchGrid,
  { side, overlap = 0, overlapWeight = 10 }: SquareTargetOptions,
): SquareTarget {
  assertInteger('squareTarget', 'side', side);
  assertOverlap('squareTarget', side, overlap);
  assertRange('squareTarget', 'overlapWeight', overlapWeight, 0, Number.MAX_VALUE);
  const erased = centeredSquare('squareTarget', grid, side, overlap);
  const first = erased.first - overlap * (grid.columns + 1);
  const patches = Int32Array.from(
    { length: side ** 2 },
    (_, place) => first + Math.floor(place / side) * grid.columns + (place % side),
  );
  const isInside = (offset: number) => offset >= overlap && offset < side - overlap;
  const weights = Float32Array.from(patches, (_, place) =>
    isInside(Math.floor(place / side)) && isInside(place % side) ? 1 : overlapWeight,
  );
  return { patches, weights };
}
