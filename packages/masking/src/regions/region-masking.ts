// Random regions of the Context Encoder: spots of any shape, cut from a pattern of smooth noise.

import { assertFraction, assertInteger, assertRange, createRng, type PatchGrid, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { patchMaskOfHidden } from '../patch-mask';
import { bucketScores, markFirst } from '../selection/score-buckets';
import { strategyFromHide } from '../strategy-from-hide';
import { drawRegion, type RegionAreas, regionAreas } from './region-areas';
import { type RegionPattern, regionPattern } from './region-pattern';

/** The noise that regions are cut from. */
export interface RegionNoise {
  /** Cells of noise across the side of a square grid: fewer make larger regions. Default 7.68, 128 pixels as published. */
  cells?: number;
  /** The pattern is this many times the grid both ways. Default 16; published: 78, images of 128 pixels in 10,000. */
  patternGrids?: number;
  /** Of the pattern, which is made once for each size of grid. Any integer, default 0. */
  seed?: number;
}

/** Regions of a fixed threshold, whose counts vary. */
export interface RegionShare {
  /** Crops are drawn until their masked share is strictly between the two. Default [0.2, 0.3]. */
  share?: readonly [least: number, most: number];
  /** Patches are hidden where the noise is below this, in (0, 1). Default 0.25. */
  threshold?: number;
}

export interface RegionMaskingOptions extends RegionNoise, RegionShare, MaskedCountOptions {
  /** Fraction of patches hidden, in (0, 1). Default 0.25, unless `share` or `threshold` is given. */
  maskRatio?: number;
}

/**
 * Hides spots of irregular shape: in a random crop of a smooth pattern, the patches where the noise is lowest.
 *
 * By default exactly M of them. With `share` or `threshold`, as published, all below the threshold: counts vary between
 * images, and batches are padded. Throws when 1000 crops have no such share.
 *
 * `faithful: true` is the published batch: one mask for all of its images, with `share` and `threshold` as given.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §3.3, https://arxiv.org/abs/1604.07379
 */
export function regionMasking(options: RegionNoise & RegionShare & { faithful: true }): BatchMaskingStrategy;
export function regionMasking(options?: RegionMaskingOptions & { faithful?: false }): MaskingStrategy;
export function regionMasking(
  options: RegionMaskingOptions & { faithful?: boolean } = {},
): MaskingStrategy | BatchMaskingStrategy {
  const { cells, patternGrids, seed, share, threshold, faithful = false, ...count } = options;
  const makePattern = patternMaker({ cells, patternGrids, seed });
  if (!faithful && share === undefined && threshold === undefined) return exactRegions(makePattern, count);
  if (Object.values(count).some((value) => value !== undefined)) {
    throw new SemmaeError({
      where: 'regionMasking',
      requirement: 'share, threshold and faithful must have no exact count beside them',
      got: count,
      remedy: 'give the one or the other',
    });
  }
  const strategy = thresholdedRegions(makePattern, { share, threshold });
  return faithful ? sharedByBatch(strategy) : strategy;
}

function patternMaker({ cells = 7.68, patternGrids = 16, seed = 0 }: RegionNoise) {
  assertRange('regionMasking', 'cells', cells, 1, 1000);
  assertInteger('regionMasking', 'patternGrids', patternGrids, { least: 2 });
  assertInteger('regionMasking', 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  return (grid: PatchGrid) => regionPattern(grid, cells, patternGrids, createRng(seed));
}

function exactRegions(makePattern: (grid: PatchGrid) => RegionPattern, count: MaskedCountOptions): MaskingStrategy {
  const isCountGiven = count.maskRatio !== undefined || count.maskedCount !== undefined;
  const maskedCountFor = maskedCountRule('regionMasking', isCountGiven ? count : { ...count, maskRatio: 0.25 });
  const patternOf = ofLastGrid(makePattern);
  let scores = new Float32Array(0); // [N]
  return strategyFromHide({
    name: 'region',
    hide({ grid }, hidden, rng) {
      const { rows, columns, values } = patternOf(grid);
      if (scores.length !== grid.patchCount) scores = new Float32Array(grid.patchCount);
      const top = rng.integer(rows - grid.rows + 1);
      const left = rng.integer(columns - grid.columns + 1);
      let patch = 0;
      for (let row = top; row < top + grid.rows; row++) {
        const start = row * columns + left;
        for (let column = 0; column < grid.columns; column++) scores[patch++] = values[start + column]!;
      }
      bucketScores('regionMasking', 'the pattern', scores, true);
      markFirst(maskedCountFor(grid.patchCount), hidden);
    },
  });
}

function thresholdedRegions(
  makePattern: (grid: PatchGrid) => RegionPattern,
  { share = [0.2, 0.3], threshold = 0.25 }: RegionShare,
): MaskingStrategy {
  assertRange('regionMasking', 'share[0]', share[0], 0, 1);
  assertRange('regionMasking', 'share[1]', share[1], share[0], 1);
  assertFraction('regionMasking', 'threshold', threshold);
  const areasOf = ofLastGrid((grid): RegionAreas => regionAreas(makePattern(grid), threshold));
  return strategyFromHide({
    name: 'region',
    hide: ({ grid }, hidden, rng) => drawRegion(areasOf(grid), grid, share, hidden, rng),
  });
}

/** Keeps what was made for the grid of last time. */
function ofLastGrid<T>(make: (grid: PatchGrid) => T): (grid: PatchGrid) => T {
  let last: { rows: number; columns: number; made: T } | undefined;
  return (grid) => {
    if (last?.rows !== grid.rows || last.columns !== grid.columns) {
      last = { rows: grid.rows, columns: grid.columns, made: make(grid) };
    }
    return last.made;
  };
}

function sharedByBatch({ hide }: MaskingStrategy): BatchMaskingStrategy {
  return {
    name: 'context-encoder-region',
    guidance: 'none',
    sampleBatch(contexts, rng) {
      const [first] = contexts;
      if (first === undefined) return [];
      const hidden = new Uint8Array(first.grid.patchCount);
      hide!(first, hidden, rng);
      return contexts.map(() => patchMaskOfHidden(hidden));
    },
  };
}
