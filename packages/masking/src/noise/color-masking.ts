// ColorMAE: masks whose spots have a chosen size, cut from filtered noise.

import { assertInteger, assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { patchMaskOfHidden } from '../patch-mask';
import { selectHighest } from '../selection/select-highest';
import { strategyFromHide } from '../strategy-from-hide';
import { type ColorFilter, resolveFilter } from './color-noise';
import { freshNoise, givenNoise, madeNoise, type NoiseBank, type NoiseSource } from './noise-bank';
import { drawPlace, mapCount, type NoiseCrop, readCrop } from './noise-crop';

/** Noise of a colour and where it comes from. */
export interface MaskNoise extends ColorFilter {
  /**
   * A number of maps that are made once (about 1 ms each) and of which every mask takes a random crop, mirrored at random;
   * `'fresh'`, a new map for every mask (some 80 times slower, but no two masks share noise); or maps of your own, whose
   * colour is then theirs. Default 64 maps of 64 x 64, larger for grids of more than 32 rows or columns.
   */
  bank?: number | 'fresh' | NoiseBank;
}

export interface ColorMaskingOptions extends MaskedCountOptions, MaskNoise {
  /** Of the maps that are made once, any integer. Default 0. */
  seed?: number;
  /** Other noise from some `context.progress` on, in rising order. `bank` is by default as above, if that is no maps of your own. */
  changes?: readonly (MaskNoise & { from: number })[];
}

/**
 * Keeps the K patches where filtered noise is highest and hides the others, exactly M; of equal values the lower index
 * stays. White is the law of `randomMasking`, red hides large spots, green spots of a middle size, blue and purple
 * scatter more evenly than chance. Map, place and mirroring are drawn for each image.
 *
 * `faithful: true` is the published batch: one place and mirroring for all its images, and image i always takes map i, so
 * it has at most as many images as there are maps. (Its division of each crop by the largest value keeps the order and is left out.)
 *
 * Reference: Hinojosa et al., "ColorMAE: Exploring data-independent masking strategies in Masked AutoEncoders",
 * https://arxiv.org/abs/2407.13036
 */
export function colorMasking(options: ColorMaskingOptions & { faithful: true }): BatchMaskingStrategy;
export function colorMasking(options?: ColorMaskingOptions & { faithful?: false }): MaskingStrategy;
export function colorMasking({
  changes = [],
  seed = 0,
  faithful = false,
  color = 'green',
  sigma,
  bank = 64,
  ...count
}: ColorMaskingOptions & { faithful?: boolean } = {}): MaskingStrategy | BatchMaskingStrategy {
  assertInteger('colorMasking', 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  const inherited = typeof bank === 'object' ? 64 : bank;
  const phases = [{ from: 0, color, sigma, bank }, ...changes].map(
    ({ from, bank = inherited, ...filter }, phase, all) => {
      assertRange('colorMasking', 'from', from, all[phase - 1]?.from ?? 0, 1);
      if (faithful && bank === 'fresh') throw wrongFaithful('bank must be maps that stay', bank);
      return { from, sourceOf: noiseSource({ ...filter, bank }, seed) };
    },
  );
  const sourceAt = (progress: number) => phases.findLast(({ from }) => from <= progress)!.sourceOf;
  const maskedCountFor = maskedCountRule('colorMasking', count);
  const crop: NoiseCrop = { map: 0, top: 0, left: 0, flipRows: 0, flipColumns: 0 };
  let scores = new Float32Array(0); // [N]

  function hideCrop(noise: NoiseBank, grid: PatchGrid, hidden: Uint8Array): void {
    const { patchCount } = grid;
    if (scores.length !== patchCount) scores = new Float32Array(patchCount);
    readCrop(crop, noise, grid, scores);
    selectHighest(scores, patchCount - maskedCountFor(patchCount), hidden);
    for (let patch = 0; patch < patchCount; patch++) hidden[patch]! ^= 1; // the highest are those that stay
  }

  const name = `color-${color}`;
  if (!faithful) {
    return strategyFromHide({
      name,
      hide({ grid, progress }, hidden, rng) {
        const noise = sourceAt(progress)(grid, rng);
        crop.map = rng.integer(mapCount(noise));
        drawPlace(crop, noise, grid, rng);
        hideCrop(noise, grid, hidden);
      },
    });
  }
  return {
    name,
    guidance: 'none',
    sampleBatch(contexts, rng) {
      const [first] = contexts;
      if (first === undefined) return [];
      const noise = sourceAt(first.progress)(first.grid, rng);
      if (contexts.length > mapCount(noise))
        throw wrongFaithful(`a batch needs ${contexts.length} maps`, mapCount(noise));
      const hidden = new Uint8Array(first.grid.patchCount);
      drawPlace(crop, noise, first.grid, rng);
      return contexts.map(({ grid }, image) => {
        crop.map = image;
        hideCrop(noise, grid, hidden);
        return patchMaskOfHidden(hidden);
      });
    },
  };
}

function noiseSource({ bank = 64, ...filter }: MaskNoise, seed: number): NoiseSource {
  const resolved = resolveFilter('colorMasking', filter);
  if (typeof bank === 'object') return givenNoise('colorMasking', bank);
  if (bank === 'fresh') return freshNoise(resolved);
  assertInteger('colorMasking', 'bank', bank);
  return madeNoise(resolved, bank, seed);
}

function wrongFaithful(requirement: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where: 'colorMasking',
    requirement: `faithful: ${requirement}`,
    got,
    remedy: 'image i takes map i of the bank: choose a larger one, or leave faithful out',
  });
}
