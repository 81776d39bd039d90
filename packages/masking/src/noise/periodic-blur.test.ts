import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { periodicBlur } from './periodic-blur';

/** The convolution in two dimensions at once, each weight from the formula. */
function slowBlur(map: Float32Array, rows: number, columns: number, sigma: number): number[] {
  const radius = Math.ceil(4 * sigma);
  return Array.from({ length: rows * columns }, (_, patch) => {
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    let [sum, weights] = [0, 0];
    for (let down = -radius; down <= radius; down++) {
      for (let right = -radius; right <= radius; right++) {
        const weight = Math.exp(-(down ** 2 + right ** 2) / (2 * sigma ** 2));
        const [fromRow, fromColumn] = [row + down + 100 * rows, column + right + 100 * columns];
        sum += weight * map[(fromRow % rows) * columns + (fromColumn % columns)]!;
        weights += weight;
      }
    }
    return sum / weights;
  });
}

describe('periodicBlur', () => {
  it.each([
    [7, 11, 1.3],
    [5, 3, 2.5], // the kernel goes around the map more than once
    [1, 13, 0.4],
    [11, 1, 2],
  ])('on %i x %i at σ %d is the plain convolution', (rows, columns, sigma) => {
    const rng = createRng(1);
    const map = Float32Array.from({ length: rows * columns }, rng.normal);
    const blurred = periodicBlur(map, rows, columns, sigma);
    // Single precision between the two passes.
    slowBlur(map, rows, columns, sigma).forEach((value, patch) => {
      expect(blurred[patch]).toBeCloseTo(value, 5);
    });
  });

  it('keeps the mean', () => {
    const blurred = periodicBlur(new Float32Array(77).fill(3), 7, 11, 1.7);
    for (const value of blurred) expect(value).toBeCloseTo(3, 5);
  });
});
