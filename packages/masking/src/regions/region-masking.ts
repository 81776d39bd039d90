// Random regions of the Context Encoder: spots of any shape, cut from a pattern of smooth noise.

import { assertFraction, assertInteger, assertRange, createRng, type PatchGrid } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { ScoreSelector } from '../selection/score-selector';
import { strategyFromHide, strategyFromHideBatch } from '../strategy-from-hide';
import { drawRegion, type RegionAreas, regionAreas } from './region-areas';
import { type RegionPattern, regionPattern } from './region-pattern';

/** The noise that regions are cut from. */
export interface RegionNoise {
  /** Cells of noise across the side of a square grid: fewer make larger regions. Default 7.68, 128 pixels as published. */
  cells?: number | undefined;
  /** The pattern is this many times the grid both ways. Default 16; published: 78, images of 128 pixels in 10,000. */
  patternGrids?: number | undefined;
  /** Seed of the pattern, which is made once for each size of grid. Any integer, default 0. */
  seed?: number | undefined;
}

export interface RegionMaskingOptions extends RegionNoise, MaskedCountOptions {
  /** Fraction of patches hidden, in (0, 1). Default 0.25. */
  maskRatio?: number | undefined;
}

/** Regions of a fixed threshold, whose counts vary. */
export interface ThresholdRegionMaskingOptions extends RegionNoise {
  /** Crops are drawn until their masked share is strictly between the two. Default [0.2, 0.3]. */
  share?: readonly [least: number, most: number] | undefined;
  /** Patches are hidden where the noise is below this, in (0, 1). Default 0.25. */
  threshold?: number | undefined;
}

/**
 * Hides spots of irregular shape, exactly M patches: those where the noise is lowest in a random crop of a smooth pattern.
 *
 * Reference: Pathak et al., "Context Encoders: Feature Learning by Inpainting", §3.3, https://arxiv.org/abs/1604.07379
 */
export function regionMasking({ cells, patternGrids, seed, ...count }: RegionMaskingOptions = {}): MaskingStrategy {
  const where = 'regionMasking';
  const maskedCountFor = maskedCountRule(where, count, 0.25);
  const patternOf = ofLastGrid(patternMaker(where, { cells, patternGrids, seed }));
  const selector = new ScoreSelector();
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
      selector.look(where, 'the pattern', scores, true);
      selector.markFirst(maskedCountFor(grid.patchCount), hidden);
    },
  });
}

/**
 * Hides all patches of a random crop where the noise is below `threshold`, whose share is between the bounds of `share`: counts
 * vary between images, and batches are padded. Throws when 1000 crops have no such share.
 */
export function thresholdRegionMasking(options: ThresholdRegionMaskingOptions = {}): MaskingStrategy {
  return thresholdRegions('thresholdRegionMasking', options);
}

/** `thresholdRegionMasking` as published: one mask for all images of a batch. */
export function publishedRegionMasking(options: ThresholdRegionMaskingOptions = {}): BatchMaskingStrategy {
  const { hide } = thresholdRegions('publishedRegionMasking', options);
  return strategyFromHideBatch({
    name: 'context-encoder-region',
    guidance: 'none',
    hideBatch(contexts, hidden, rng) {
      const [first] = contexts;
      const { patchCount } = first!.grid;
      hide(first!, hidden.subarray(0, patchCount), rng);
      for (let image = 1; image < contexts.length; image++) hidden.copyWithin(image * patchCount, 0, patchCount);
    },
  });
}

function thresholdRegions(
  where: string,
  { share = [0.2, 0.3], threshold = 0.25, ...noise }: ThresholdRegionMaskingOptions,
) {
  assertRange(where, 'share[0]', share[0], 0, 1);
  assertRange(where, 'share[1]', share[1], share[0], 1);
  assertFraction(where, 'threshold', threshold);
  const makePattern = patternMaker(where, noise);
  const areasOf = ofLastGrid((grid): RegionAreas => regionAreas(makePattern(grid), threshold));
  return strategyFromHide({
    name: 'threshold-region',
    hide: ({ grid }, hidden, rng) => drawRegion(where, areasOf(grid), grid, share, hidden, rng),
  });
}

function patternMaker(where: string, { cells = 7.68, patternGrids = 16, seed = 0 }: RegionNoise) {
  assertRange(where, 'cells', cells, 1, 1000);
  assertInteger(where, 'patternGrids', patternGrids, { least: 2 });
  assertInteger(where, 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  return (grid: PatchGrid): RegionPattern => regionPattern(grid, cells, patternGrids, createRng(seed));
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
