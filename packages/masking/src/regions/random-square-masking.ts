// Random blocks of the Context Encoder: several squares anywhere, which may overlap.

import { assertInteger, type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import { hideRectangle } from '../blocks/hide-rectangle';
import { CountFixer } from '../fix-count';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';

export interface RandomSquareMaskingOptions extends MaskedCountOptions {
  /** Fraction of patches hidden, in (0, 1). Default 0.25: the paper's squares cover up to a quarter. */
  maskRatio?: number | undefined;
  /** Side of a square in patches. Default: a quarter of the grid's shorter side, or what the count has room for. */
  side?: number | undefined;
}

/** Squares that would hide too many patches, or none, are drawn again this often before the mask is left as it is. */
const drawsPerSquare = 10;

/**
 * Hides squares of one size at random places, which may overlap, and then single random patches until the count is
 * exact. Squares lie inside the image, so its center is hidden most often. The paper says neither how large its squares
 * are nor how many, and its code has none.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §3.3, https://arxiv.org/abs/1604.07379
 */
export function randomSquareMasking(options: RandomSquareMaskingOptions = {}): MaskingStrategy {
  return squaresUpTo('randomSquareMasking', 'random-square', options, true);
}

/**
 * `randomSquareMasking` without the single patches, as the paper describes it: a mask hides at most the count, often fewer
 * patches, so batches of it are padded.
 */
export function publishedRandomSquareMasking(options: RandomSquareMaskingOptions = {}): MaskingStrategy {
  return squaresUpTo('publishedRandomSquareMasking', 'context-encoder-square', options, false);
}

function squaresUpTo(
  where: string,
  name: string,
  { side, ...count }: RandomSquareMaskingOptions,
  isExact: boolean,
): MaskingStrategy {
  if (side !== undefined) assertInteger(where, 'side', side);
  const maskedCountFor = maskedCountRule(where, count, 0.25);
  const fixer = new CountFixer();
  return strategyFromHide({
    name,
    hide({ grid }, hidden, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      const squareSide = side ?? defaultSide(grid, maskedCount);
      assertSquareFits(where, squareSide, grid, maskedCount);
      const found = hideSquares(grid, squareSide, maskedCount, hidden, rng);
      if (isExact) fixer.change(hidden, found, maskedCount, rng);
    },
  });
}

/** Returns how many patches are hidden: `most`, or fewer where no further square fits. */
function hideSquares({ rows, columns }: PatchGrid, side: number, most: number, hidden: Uint8Array, rng: Rng): number {
  hidden.fill(0);
  let missing = most;
  for (let failures = 0; missing > 0 && failures < drawsPerSquare; ) {
    const top = rng.integer(rows - side + 1);
    const left = rng.integer(columns - side + 1);
    const added = hideRectangle(hidden, columns, top, left, side, side, missing);
    missing -= added;
    failures = added > 0 ? 0 : failures + 1;
  }
  return most - missing;
}

function defaultSide({ rows, columns }: PatchGrid, maskedCount: number): number {
  const shorter = Math.min(rows, columns);
  return Math.max(1, Math.min(Math.round(shorter / 4), Math.floor(Math.sqrt(maskedCount))));
}

function assertSquareFits(where: string, side: number, { rows, columns }: PatchGrid, most: number): void {
  if (side <= rows && side <= columns && side ** 2 <= most) return;
  throw new SemmaeError({
    where,
    requirement: `a square must fit a grid of ${rows}x${columns} and hide at most ${most} patches`,
    got: `side ${side}`,
    remedy: 'lower side or raise the count',
  });
}
