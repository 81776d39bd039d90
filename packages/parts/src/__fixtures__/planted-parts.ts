// A toy world with known parts, for the learning tests of this package.

import { createRng, type PatchGrid, type Rng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { PartBatch } from '../learner/part-batch';

/** An object of `partCount` stacked bands at a random place; each of its classes paints the bands in its own colors. */
export interface PlantedBatch {
  batch: PartBatch;
  /** True part per patch, 0 = background; image after image. */
  truth: Uint8Array;
}

export interface PlantedWorld {
  grid: PatchGrid;
  partCount: number;
  /** Draws `batchSize` images. The tensors belong to the caller. */
  draw(batchSize: number, rng: Rng): PlantedBatch;
}

/** Tokens are layer-normalized sums of a part vector, a class vector and noise; images have one pixel per patch. */
export function plantedWorld(grid: PatchGrid, channels: number, partCount: number, classCount: number): PlantedWorld {
  const world = createRng(11);
  const vectors = (count: number) => Array.from({ length: count }, () => Array.from({ length: channels }, world.normal));
  const partVectors = vectors(partCount + 1);
  const classVectors = vectors(classCount);
  const colors = Array.from({ length: classCount }, () =>
    Array.from({ length: partCount + 1 }, (_, part) => (part === 0 ? [0, 0, 0] : [0, 1, 2].map(() => 1.5 * world.normal()))),
  );

  function draw(batchSize: number, rng: Rng): PlantedBatch {
    const truth = new Uint8Array(batchSize * grid.patchCount);
    const tokens: number[][][] = [];
    const classTokens: number[][] = [];
    const images: number[][][][] = [];
    for (let image = 0; image < batchSize; image++) {
      const label = rng.integer(classCount);
      const parts = drawObject(grid, partCount, rng);
      truth.set(parts, image * grid.patchCount);
      const noisy = (scale: number, ...terms: number[][]) =>
        layerNorm(Array.from({ length: channels }, (_, c) => terms.reduce((sum, term) => sum + term[c]!, scale * rng.normal())));
      tokens.push(Array.from(parts, (part) => noisy(0.5, partVectors[part]!, classVectors[label]!)));
      classTokens.push(noisy(0.2, classVectors[label]!, ...partVectors.slice(1)));
      images.push(
        Array.from({ length: grid.rows }, (_, y) =>
          Array.from({ length: grid.columns }, (_, x) => colors[label]![parts[y * grid.columns + x]!]!),
        ),
      );
    }
    return {
      truth,
      batch: { classToken: tf.tensor2d(classTokens), patchTokens: tf.tensor3d(tokens), images: tf.tensor4d(images) },
    };
  }
  return { grid, partCount, draw };
}

/** Bands of two rows and three to four columns each, stacked. */
function drawObject(grid: PatchGrid, partCount: number, rng: Rng): Uint8Array {
  const parts = new Uint8Array(grid.patchCount);
  const width = 3 + rng.integer(2);
  const top = rng.integer(grid.rows - 2 * partCount + 1);
  const left = rng.integer(grid.columns - width + 1);
  for (let row = 0; row < 2 * partCount; row++) {
    for (let column = 0; column < width; column++) {
      parts[(top + row) * grid.columns + left + column] = 1 + (row >> 1);
    }
  }
  return parts;
}

function layerNorm(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}
