// ColorMAE: masks whose spots have a chosen size, cut from filtered noise.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { ScoreSelector } from '../selection/score-selector';
import { strategyFromHide, strategyFromHideBatch } from '../strategy-from-hide';
import type { NoiseBank } from './noise-bank';
import { drawPlace, mapCount, type NoiseCrop, readCrop } from './noise-crop';
import { type NoiseScheduleOptions, noiseSchedule } from './noise-schedule';

export interface ColorMaskingOptions extends MaskedCountOptions, NoiseScheduleOptions {}

/**
 * Keeps the K patches where filtered noise is highest and hides the others, exactly M; of equal values the lower index
 * stays. White is the law of `randomMasking`, red hides large spots, green spots of a middle size, blue and purple
 * scatter more evenly than chance. Map, place and mirroring are drawn for each image.
 *
 * Reference: Hinojosa et al., "ColorMAE: Exploring data-independent masking strategies in Masked AutoEncoders",
 * https://arxiv.org/abs/2407.13036
 */
export function colorMasking(options: ColorMaskingOptions = {}): MaskingStrategy {
  const { name, sourceAt, crop, hideCrop } = noiseCrops('colorMasking', options);
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

/**
 * `colorMasking` as published: one place and mirroring for all images of a batch, and image i always takes map i, so a batch has
 * at most as many images as there are maps. (The published division of each crop by its largest value keeps the order and is
 * left out.)
 */
export function publishedColorMasking(options: ColorMaskingOptions = {}): BatchMaskingStrategy {
  const { name, sourceAt, crop, hideCrop } = noiseCrops('publishedColorMasking', options);
  return strategyFromHideBatch({
    name: `published-${name}`,
    guidance: 'none',
    hideBatch(contexts, hidden, rng) {
      const { grid, progress } = contexts[0]!;
      const noise = sourceAt(progress)(grid, rng);
      if (contexts.length > mapCount(noise)) throw tooFewMaps(contexts.length, mapCount(noise));
      drawPlace(crop, noise, grid, rng);
      for (let image = 0; image < contexts.length; image++) {
        crop.map = image;
        hideCrop(noise, grid, hidden.subarray(image * grid.patchCount, (image + 1) * grid.patchCount));
      }
    },
  });
}

/** What both have in common: the noise at each progress, and the mask that a crop of it makes. */
function noiseCrops(where: string, { color = 'green', sigma, bank, seed, changes, ...count }: ColorMaskingOptions) {
  const sourceAt = noiseSchedule(where, { color, sigma, bank, seed, changes });
  const maskedCountFor = maskedCountRule(where, count);
  const crop: NoiseCrop = { map: 0, top: 0, left: 0, flipRows: 0, flipColumns: 0 };
  const selector = new ScoreSelector();
  let scores = new Float32Array(0); // [N]

  function hideCrop(noise: NoiseBank, grid: PatchGrid, hidden: Uint8Array): void {
    const { patchCount } = grid;
    if (scores.length !== patchCount) scores = new Float32Array(patchCount);
    readCrop(crop, noise, grid, scores);
    selector.look(where, 'the noise', scores);
    selector.markFirst(patchCount - maskedCountFor(patchCount), hidden);
    for (let patch = 0; patch < patchCount; patch++) hidden[patch]! ^= 1; // the highest are those that stay
  }
  return { name: `color-${color}`, sourceAt, crop, hideCrop };
}

function tooFewMaps(images: number, maps: number): SemmaeError {
  return new SemmaeError({
    where: 'publishedColorMasking',
    requirement: `the bank must hold a map for each of the ${images} images`,
    got: maps,
    remedy: 'image i takes map i: choose a larger bank (a fresh one has one map), or colorMasking',
  });
}
