// ColorMAE: masks whose spots have a chosen size, cut from filtered noise.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { patchMaskOfHidden } from '../patch-mask';
import { selectHighest } from '../selection/select-highest';
import { strategyFromHide } from '../strategy-from-hide';
import type { NoiseBank } from './noise-bank';
import { drawPlace, mapCount, type NoiseCrop, readCrop } from './noise-crop';
import { type NoiseScheduleOptions, noiseSchedule } from './noise-schedule';

export interface ColorMaskingOptions extends MaskedCountOptions, NoiseScheduleOptions {}

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
  color = 'green',
  sigma,
  bank,
  seed,
  changes = [],
  faithful = false,
  ...count
}: ColorMaskingOptions & { faithful?: boolean } = {}): MaskingStrategy | BatchMaskingStrategy {
  const sourceAt = noiseSchedule('colorMasking', { color, sigma, bank, seed, changes });
  if (faithful && [bank, ...changes.map((change) => change.bank)].includes('fresh'))
    throw wrongFaithful('bank must be maps that stay', 'fresh');
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

function wrongFaithful(requirement: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where: 'colorMasking',
    requirement: `faithful: ${requirement}`,
    got,
    remedy: 'image i takes map i of the bank: choose a larger one, or leave faithful out',
  });
}
