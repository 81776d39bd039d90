import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { type PredictedImages, partLandmarks } from './part-landmarks';

const grid = createPatchGrid(11, 13);

/** Images of one pixel a patch: a square of true part 2 at a random place, part 5 two columns to its right, one label that does not count. */
function images(
  count: number,
  seed: number,
  predict: (truth: Uint8Array, random: Uint8Array) => Uint8Array,
): PredictedImages {
  const rng = createRng(seed);
  const truths = Array.from({ length: count }, () => {
    const labels = new Uint8Array(grid.patchCount);
    const [row, column] = [rng.integer(9), rng.integer(9)];
    for (let patch = 0; patch < 4; patch++) {
      const place = (row + (patch >> 1)) * grid.columns + column + (patch & 1);
      labels[place] = 2;
      labels[place + 2] = 5;
    }
    labels[(row + 2) * grid.columns] = 255;
    return { labels, height: grid.rows, width: grid.columns, ignore: 255 };
  });
  const random = () => Uint8Array.from({ length: grid.patchCount }, () => 1 + rng.integer(2));
  return { truths, predictions: truths.map(({ labels }) => ({ parts: predict(labels, random()) })) };
}

const swapped = (truth: Uint8Array) => truth.map((label) => (label === 5 ? 1 : label === 2 ? 2 : 0));
const chance = (_: Uint8Array, random: Uint8Array) => random;

describe('partLandmarks', () => {
  it('is 0 where parts lie where the true ones lie, whatever they are called', () => {
    const scores = partLandmarks({ train: images(19, 1, swapped), test: images(5, 2, swapped), grid, partCount: 2 });
    expect(scores.error).toBeLessThan(1e-6); // the ridge for centers that move together
    expect(scores.perLandmark.map((error) => error !== null)).toEqual([false, true, false, false, true]);
    expect(scores.untrained).toEqual([0, 2, 3]);
  });

  it('is no better than the mean place for parts that say nothing', () => {
    const [train, test] = [images(97, 1, chance), images(31, 2, chance)];
    // the squares stand anywhere in 9 of 13 columns and 9 of 11 rows: a mean distance of about 0.3 from their middle
    expect(partLandmarks({ train, test, grid, partCount: 2 }).error).toBeGreaterThan(0.2);
  });

  it('refuses truths of other images', () => {
    const test = images(3, 1, swapped);
    const train = { ...test, truths: test.truths.slice(1) };
    expect(() => partLandmarks({ train, test, grid, partCount: 2 })).toThrow('train.truths must hold 3 values, got 2');
  });
});
