// One crop of a bank of noise: which map, where, and mirrored or not.

import type { PatchGrid, Rng } from '@semmae/core';

import type { NoiseBank } from './noise-bank';

export interface NoiseCrop {
  map: number;
  top: number;
  left: number;
  /** 1 = mirrored. */
  flipRows: number;
  flipColumns: number;
}

/** Draws place and flips into `crop`; every place that holds the whole grid is equally likely. */
export function drawPlace(crop: NoiseCrop, bank: NoiseBank, { rows, columns }: PatchGrid, rng: Rng): void {
  crop.top = rng.integer(bank.rows - rows + 1);
  crop.left = rng.integer(bank.columns - columns + 1);
  crop.flipRows = rng.integer(2);
  crop.flipColumns = rng.integer(2);
}

/** Maps of a bank. */
export function mapCount({ values, rows, columns }: NoiseBank): number {
  return values.length / (rows * columns);
}

/** Writes the crop over all N `scores`. */
export function readCrop(
  { map, top, left, flipRows, flipColumns }: NoiseCrop,
  bank: NoiseBank,
  { rows, columns }: PatchGrid,
  scores: Float32Array,
): void {
  const step = flipColumns === 1 ? -1 : 1;
  const start = flipColumns === 1 ? left + columns - 1 : left;
  for (let row = 0, patch = 0; row < rows; row++) {
    const fromRow = top + (flipRows === 1 ? rows - 1 - row : row);
    let from = (map * bank.rows + fromRow) * bank.columns + start;
    for (let column = 0; column < columns; column++, from += step) scores[patch++] = bank.values[from]!;
  }
}
