// One block of group masked model learning (SiT / GMML): where it stands and how large it is.

import { type Rng, SemmaeError } from '@semmae/core';

import { roundHalfToEven } from '../round-half-to-even';

/** Rows and columns of tiles: patches, or pixels where blocks are not aligned to patches. */
export interface CorruptionBlock {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** The next block of a grid of tiles: one value, overwritten by the next draw. */
export type DrawBlock = (rows: number, columns: number, rng: Rng) => CorruptionBlock;

/** Blocks are at most this share of the image's side, SiT. */
const largestShare = 0.3;

/**
 * Blocks whose sides are uniform up to 0.3 of the image's and whose place is uniform over all that touch the image. What lies
 * outside is cut off, so that every tile is in a block equally often.
 */
export function evenBlocks(): DrawBlock {
  const block: CorruptionBlock = { top: 0, left: 0, height: 0, width: 0 };
  return (rows, columns, rng) => {
    const height = drawSide(rows, rng);
    const width = drawSide(columns, rng);
    const top = rng.integer(rows + height - 1) - height + 1;
    const left = rng.integer(columns + width - 1) - width + 1;
    block.top = Math.max(0, top);
    block.left = Math.max(0, left);
    block.height = Math.min(rows, top + height) - block.top;
    block.width = Math.min(columns, left + width) - block.left;
    return block;
  };
}

function drawSide(side: number, rng: Rng): number {
  return 1 + rng.integer(Math.max(1, Math.trunc(largestShare * side)));
}

/**
 * Blocks as published, for tiles of `tileSize` pixels: the first tile is drawn, never from the last row or column, and
 * only what lies below and right of it is cut off, so that the bottom right is hidden more often than the top left.
 */
export function publishedBlocks(where: string, tileSize: number): DrawBlock {
  const block: CorruptionBlock = { top: 0, left: 0, height: 0, width: 0 };
  return (rows, columns, rng) => {
    assertRoom(where, tileSize, rows, columns);
    block.top = Math.floor(rng.integer((rows - 1) * tileSize) / tileSize);
    block.left = Math.floor(rng.integer((columns - 1) * tileSize) / tileSize);
    block.height = drawPublishedSide(tileSize, rows, block.top, rng);
    block.width = drawPublishedSide(tileSize, columns, block.left, rng);
    return block;
  };
}

/** In pixels from the tile's up to 0.3 of the image's (exclusive), then rounded to tiles. */
function drawPublishedSide(tileSize: number, side: number, start: number, rng: Rng): number {
  const pixels = tileSize + rng.integer(Math.trunc(largestShare * side * tileSize) - tileSize);
  return roundHalfToEven(Math.min(pixels, (side - start) * tileSize) / tileSize);
}

function assertRoom(where: string, tileSize: number, rows: number, columns: number): void {
  const shorter = Math.min(rows, columns);
  if (Math.trunc(largestShare * shorter * tileSize) > tileSize) return;
  throw new SemmaeError({
    where,
    requirement: `${largestShare} of the shorter side must be longer than a tile of ${tileSize} pixels`,
    got: `${shorter} tiles`,
    remedy: 'use smaller tiles, or the blocks that are placed evenly, which fit any grid',
  });
}
