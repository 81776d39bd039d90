// Where the blocks of one image lie: targets anywhere, and a context that keeps enough patches beside them.

import { type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import type { BlockSize } from './block-size';
import type { MultiBlockSettings } from './multi-block-options';

/** What all images of a batch share, and the arrays that their blocks are written into. */
export interface BlockSheet {
  grid: PatchGrid;
  target: BlockSize;
  context: BlockSize;
  settings: MultiBlockSettings;
  /** [B, targetBlocks, targetCount] patches of the targets. */
  targets: Int32Array;
  /** [B, N] 1 = in the context. */
  inContext: Uint8Array;
  /** [N] scratch: 1 = in a target that the context of the current image must leave out. */
  forbidden: Uint8Array;
}

/** Tries of a context before its targets are placed anew, and of targets before giving up. */
const placementTries = 20;

/** Writes targets and context of one image, and returns how many patches its context has. */
export function placeBlocks(sheet: BlockSheet, image: number, rng: Rng): number {
  const { targetBlocks, minimumKept, allowOverlap, faithful } = sheet.settings;
  let forbiddenTargets = allowOverlap ? 0 : targetBlocks;
  placeTargets(sheet, image, rng);
  for (let round = 1; round <= placementTries || faithful; round++) {
    forbidTargets(sheet, image, forbiddenTargets);
    for (let attempt = 1; attempt <= placementTries; attempt++) {
      const length = placeContext(sheet, image, rng);
      if (length > minimumKept) return length;
    }
    if (faithful)
      forbiddenTargets -= 1; // without any the context is long enough, so the loop ends
    else placeTargets(sheet, image, rng);
  }
  throw new SemmaeError({
    where: 'multiBlockMasking',
    requirement: `targets must leave a context of more than ${minimumKept} patches`,
    got: `none in ${placementTries ** 2} tries on a grid of ${sheet.grid.rows}x${sheet.grid.columns}`,
    remedy: 'use fewer or smaller targets, a larger context, a lower minimumKept, or allowOverlap',
  });
}

function placeTargets({ grid, target, settings, targets }: BlockSheet, image: number, rng: Rng): void {
  const { targetBlocks, faithful } = settings;
  let at = image * targetBlocks * target.rows * target.columns;
  for (let block = 0; block < targetBlocks; block++) {
    const top = drawStart(grid.rows - target.rows, faithful, rng);
    const left = drawStart(grid.columns - target.columns, faithful, rng);
    for (let row = top; row < top + target.rows; row++) {
      for (let column = left; column < left + target.columns; column++) targets[at++] = row * grid.columns + column;
    }
  }
}

/** Marks the patches of the first `count` targets of the image, and no others. */
function forbidTargets({ target, settings, targets, forbidden }: BlockSheet, image: number, count: number): void {
  const targetCount = target.rows * target.columns;
  const start = image * settings.targetBlocks * targetCount;
  forbidden.fill(0);
  for (let at = start; at < start + count * targetCount; at++) forbidden[targets[at]!] = 1;
}

function placeContext({ grid, context, settings, inContext, forbidden }: BlockSheet, image: number, rng: Rng): number {
  const top = drawStart(grid.rows - context.rows, settings.faithful, rng);
  const left = drawStart(grid.columns - context.columns, settings.faithful, rng);
  const start = image * grid.patchCount;
  inContext.fill(0, start, start + grid.patchCount);
  let length = 0;
  for (let row = top; row < top + context.rows; row++) {
    for (let column = left; column < left + context.columns; column++) {
      const patch = row * grid.columns + column;
      if (forbidden[patch] === 1) continue;
      inContext[start + patch] = 1;
      length += 1;
    }
  }
  return length;
}

/** First row or column of a block that leaves `room`; the published draw never takes the last place. */
function drawStart(room: number, faithful: boolean, rng: Rng): number {
  return rng.integer(faithful ? room : room + 1);
}
