// A cloudy background: two octaves of value noise between two colors.

import type { Rng } from '@semmae/core';

import type { ColorPair } from './palette';
import type { Canvas } from './pose';

const coarseCells = 4; // along the shorter side
const fineCells = 11;
const fineShare = 0.35;

/** Writes RGB over all of `pixels` [H, W, 3]. */
export function drawBackground(rng: Rng, pixels: Uint8Array, canvas: Canvas, { first, second }: ColorPair): void {
  const coarse = valueNoise(rng, canvas, coarseCells);
  const fine = valueNoise(rng, canvas, fineCells);
  for (let pixel = 0; pixel < coarse.length; pixel++) {
    const blend = (1 - fineShare) * coarse[pixel]! + fineShare * fine[pixel]!;
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * pixel + channel] = first[channel]! + blend * (second[channel]! - first[channel]!);
    }
  }
}

/** Random values on a lattice with `cells` cells along the shorter side, blended in between: [H, W] in 0..1. */
function valueNoise(rng: Rng, { height, width }: Canvas, cells: number): Float32Array {
  const cell = Math.min(height, width) / cells;
  const [rows, columns] = [Math.ceil(height / cell) + 1, Math.ceil(width / cell) + 1];
  const lattice = Float32Array.from({ length: rows * columns }, () => rng.uniform());
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell);
    const down = ease(y / cell - row);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / cell);
      const right = ease(x / cell - column);
      const corner = row * columns + column;
      const above = lattice[corner]! + right * (lattice[corner + 1]! - lattice[corner]!);
      const below = lattice[corner + columns]! + right * (lattice[corner + columns + 1]! - lattice[corner + columns]!);
      values[y * width + x] = above + down * (below - above);
    }
  }
  return values;
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}
