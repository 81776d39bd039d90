// Block-wise masking: rectangles of random size and shape until the count is reached, as BEiT masks.

import { assertFraction, assertInteger, type PatchGrid, type Rng } from '@semmae/core';

import { fixCount, patchesWith } from './fix-count';
import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import type { MaskingStrategy } from './masking-strategy';
import { createPatchMask } from './patch-mask';
import { roundHalfToEven } from './round-half-to-even';

export interface BlockMaskingOptions extends MaskedCountOptions {
  /** Smallest area drawn for a block, in patches. Default 16, BEiT §2.3; the last block may be smaller. */
  minimumBlock?: number;
  /** Blocks have height / width between this and its inverse, in (0, 1). Default 0.3, BEiT §2.3. */
  minimumAspect?: number;
}

/** A block gives up after this many draws that do not fit, and single patches fill the rest. */
const drawsPerBlock = 10;

/**
 * Hides rectangular blocks of patches. Blocks never span a whole side of the grid (unless it is one patch wide) and
 * favour the centre: a corner is hidden far less often.
 *
 * BEiT stops early when blocks no longer fit, so its count varies; here random single patches make it exact, the rule
 * of BEiT v2. Always ends, whatever the count. BEiT itself masks 75 of 196: `{ maskedCount: 75 }`.
 *
 * Reference: Bao et al., "BEiT: BERT Pre-Training of Image Transformers", Algorithm 1, https://arxiv.org/abs/2106.08254
 */
export function blockMasking({
  minimumBlock = 16,
  minimumAspect = 0.3,
  ...count
}: BlockMaskingOptions = {}): MaskingStrategy {
  assertInteger('blockMasking', 'minimumBlock', minimumBlock);
  assertFraction('blockMasking', 'minimumAspect', minimumAspect);
  const maskedCountFor = maskedCountRule('blockMasking', count);
  return {
    name: 'block',
    guidance: 'none',
    sample({ grid }, rng) {
      const maskedCount = maskedCountFor(grid.patchCount);
      const hidden = hideBlocks(grid, { maskedCount, minimumBlock, minimumAspect }, rng); // [N]
      fixCount(hidden, maskedCount, rng);
      return createPatchMask({ patchCount: grid.patchCount, masked: patchesWith(hidden, 1) });
    },
  };
}

/** [N] 1 = masked: blocks only, at most `maskedCount` patches and possibly fewer (BEiT before the exact-count rule). */
export function hideBlocks(
  grid: PatchGrid,
  { maskedCount, minimumBlock, minimumAspect }: { maskedCount: number; minimumBlock: number; minimumAspect: number },
  rng: Rng,
): Uint8Array {
  const hidden = new Uint8Array(grid.patchCount);
  let missing = maskedCount;
  let failures = 0;
  while (missing > 0 && failures < drawsPerBlock) {
    const area = minimumBlock + (missing - minimumBlock) * rng.uniform(); // bounds in either order
    const aspect = minimumAspect ** (1 - 2 * rng.uniform()); // log-uniform
    const added = hideBlock(hidden, grid, { area, aspect, most: missing }, rng);
    missing -= added;
    failures = added > 0 ? 0 : failures + 1;
  }
  return hidden;
}

/** Hides one block if it fits the grid and adds between 1 and `most` patches; returns how many it added. */
function hideBlock(
  hidden: Uint8Array,
  { rows, columns }: PatchGrid,
  { area, aspect, most }: { area: number; aspect: number; most: number },
  rng: Rng,
): number {
  const height = roundHalfToEven(Math.sqrt(area * aspect));
  const width = roundHalfToEven(Math.sqrt(area / aspect));
  if (height < 1 || width < 1 || !fitsInside(height, rows) || !fitsInside(width, columns)) return 0;
  const top = rng.integer(rows - height + 1);
  const left = rng.integer(columns - width + 1);

  const fresh: number[] = [];
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) {
      const patch = row * columns + column;
      if (hidden[patch] === 0) fresh.push(patch);
    }
  }
  if (fresh.length > most) return 0;
  for (const patch of fresh) hidden[patch] = 1;
  return fresh.length;
}

function fitsInside(length: number, side: number): boolean {
  return length < side || (length === 1 && side === 1);
}
