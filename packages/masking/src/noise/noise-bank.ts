// Maps of noise that masks take their crops from.

import { createRng, type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import { assertScores } from '../guidance';
import { filteredNoise, filterRadius, type ResolvedFilter } from './color-noise';

/** Maps of equal size, such as those that ColorMAE's authors offer for download. */
export interface NoiseBank {
  /** [maps * rows * columns], row-major; any scale, only the order of the values counts. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The bank for masks of a grid; only fresh noise draws from `rng`. */
export type NoiseSource = (grid: PatchGrid, rng: Rng) => NoiseBank;

/** A map's least side: one map of 64 x 64 has 2601 crops of 14 x 14, of which some 20 share nothing. */
const usualSide = 64;

/** Maps made once for each size of grid. */
export function madeNoise(filter: ResolvedFilter, maps: number, seed: number): NoiseSource {
  const banks = new Map<number, NoiseBank>(); // by side
  return (grid) => {
    const side = Math.max(usualSide, 2 * Math.max(grid.rows, grid.columns), leastSide(filter, grid));
    const known = banks.get(side);
    if (known !== undefined) return known;
    const rng = createRng(seed).split('noise-bank', filter.color);
    const values = new Float32Array(maps * side * side);
    for (let map = 0; map < maps; map++) values.set(filteredNoise(filter, side, side, rng), map * side * side);
    const made = { values, rows: side, columns: side };
    banks.set(side, made);
    return made;
  };
}

/** One new map each time, as small as it may be. */
export function freshNoise(filter: ResolvedFilter): NoiseSource {
  return (grid, rng) => {
    const side = leastSide(filter, grid);
    return { values: filteredNoise(filter, side, side, rng), rows: side, columns: side };
  };
}

/** Maps of the user's own: whole ones, without NaN, at least as large as the grid. */
export function givenNoise(where: string, bank: NoiseBank): NoiseSource {
  const { values, rows, columns } = bank;
  if (values.length === 0 || values.length % (rows * columns) !== 0) {
    throw new SemmaeError({
      where,
      requirement: `bank.values must hold whole maps of ${rows} x ${columns}`,
      got: `${values.length} values`,
      remedy: 'flatten an array of [maps, rows, columns]',
    });
  }
  assertScores(where, 'bank.values', values);
  return (grid) => {
    if (grid.rows <= rows && grid.columns <= columns) return bank;
    throw new SemmaeError({
      where,
      requirement: `maps must be at least as large as the grid of ${grid.rows} x ${grid.columns}`,
      got: `${rows} x ${columns}`,
      remedy: 'resize the maps, or leave bank out to have them made',
    });
  };
}

/** The smallest side of a periodic map whose crops do not show the period: their opposite ends share no white noise. */
function leastSide(filter: ResolvedFilter, { rows, columns }: PatchGrid): number {
  return Math.max(rows, columns) + 2 * filterRadius(filter);
}
