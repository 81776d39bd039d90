// Which noise masks are cut from, and from when on.

import { assertInteger, assertRange } from '@semmae/core';

import { type ColorFilter, resolveFilter } from './color-noise';
import { freshNoise, givenNoise, madeNoise, type NoiseBank, type NoiseSource } from './noise-bank';

/** Noise of a color and where it comes from. */
export interface MaskNoise extends ColorFilter {
  /**
   * A number of maps that are made once (about 1 ms each) and of which every mask takes a random crop, mirrored at random;
   * `'fresh'`, a new map for every mask (some 80 times slower, but no two masks share noise); or maps of your own, whose
   * color is then theirs. Default 64 maps of 64 x 64, larger for grids of more than 32 rows or columns.
   */
  bank?: number | 'fresh' | NoiseBank | undefined;
}

export interface NoiseScheduleOptions extends MaskNoise {
  /** Seed of the maps that are made once, any integer. Default 0. */
  seed?: number | undefined;
  /** Other noise from some `context.progress` on, in rising order. `bank` defaults to the one above, unless that holds maps of your own. */
  changes?: readonly (MaskNoise & { from: number })[] | undefined;
}

/** The noise at each progress. */
export function noiseSchedule(
  where: string,
  { bank = 64, seed = 0, changes = [], ...filter }: NoiseScheduleOptions,
): (progress: number) => NoiseSource {
  assertInteger(where, 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  const first = noiseSource(where, filter, bank, seed);
  const inherited = typeof bank === 'object' ? 64 : bank;
  const later = changes.map(({ from, bank = inherited, ...changed }, change) => {
    assertRange(where, 'from', from, changes[change - 1]?.from ?? 0, 1);
    return { from, source: noiseSource(where, changed, bank, seed) };
  });
  return (progress) => later.findLast(({ from }) => from <= progress)?.source ?? first;
}

function noiseSource(
  where: string,
  filter: ColorFilter,
  bank: number | 'fresh' | NoiseBank,
  seed: number,
): NoiseSource {
  const resolved = resolveFilter(where, filter);
  if (typeof bank === 'object') return givenNoise(where, bank);
  if (bank === 'fresh') return freshNoise(resolved);
  assertInteger(where, 'bank', bank);
  return madeNoise(resolved, bank, seed);
}
