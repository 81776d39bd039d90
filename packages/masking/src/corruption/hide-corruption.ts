// Blocks until a share of the image is hidden: the loop of SiT / GMML, which overshoots its target.

import { type Rng, SemmaeError } from '@semmae/core';

import type { CorruptionBlock, DrawBlock } from './corruption-block';

/**
 * Writes a mask of blocks over all entries of `hidden` ([rows * columns], 1 = hidden) and returns how many are: at least
 * `target`, at most a block more. `paint` sees each block when it is drawn. Throws where `target` is out of reach.
 */
export function hideCorruption(
  where: string,
  { rows, columns }: { rows: number; columns: number },
  target: number,
  drawBlock: DrawBlock,
  hidden: Uint8Array,
  rng: Rng,
  paint?: (block: CorruptionBlock) => void,
): number {
  const tileCount = rows * columns;
  const mostBlocks = 1000 + 10 * tileCount; // a corner is hit about once in N blocks
  hidden.fill(0);
  let count = 0;
  for (let blocks = 0; count < target; blocks++) {
    if (blocks === mostBlocks) throw outOfReach(where, target / tileCount, count / tileCount, blocks);
    const block = drawBlock(rows, columns, rng);
    const end = (block.top + block.height) * columns;
    for (let start = block.top * columns + block.left; start < end; start += columns) {
      for (let tile = start; tile < start + block.width; tile++) {
        count += 1 - hidden[tile]!;
        hidden[tile] = 1;
      }
    }
    paint?.(block);
  }
  return count;
}

/** The share of an image to hide, as SiT draws it: `ratio` itself up to 0.5, uniform between 0.5 and it beyond. */
export function drawShare(ratio: number, rng: Rng): number {
  const least = Math.min(0.5, ratio);
  return least + (ratio - least) * rng.uniform();
}

function outOfReach(where: string, target: number, reached: number, blocks: number): SemmaeError {
  return new SemmaeError({
    where,
    requirement: `blocks must reach ${(100 * target).toFixed(1)} % of the image`,
    got: `${(100 * reached).toFixed(1)} % after ${blocks} blocks`,
    remedy: 'lower the ratio or use more and smaller patches',
  });
}
