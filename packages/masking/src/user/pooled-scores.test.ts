import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pooledScores } from './pooled-scores';

describe('pooledScores', () => {
  it('is the mean of each patch', () => {
    // biome-ignore format: a picture
    const pixels = [
      1, 0, 2, 2, 0, 9,
      0, 0, 2, 4, 3, 0,
    ];
    expect([...pooledScores(pixels, { height: 2, width: 6 }, createPatchGrid(1, 3))]).toEqual([0.25, 2.5, 3]);
    expect([...pooledScores(pixels, { height: 2, width: 6 }, createPatchGrid(2, 6))]).toEqual(pixels);
  });

  it('gives each pixel to the patch its center lies in, where the grid does not divide the image', () => {
    const rng = createRng(1);
    const [height, width] = [13, 11];
    const grid = createPatchGrid(5, 3);
    const pixels = Float32Array.from({ length: height * width }, () => rng.uniform());
    const inside = (patch: number) =>
      [...pixels].filter((_, pixel) => {
        const [y, x] = [Math.floor(pixel / width) + 0.5, (pixel % width) + 0.5];
        const [row, column] = [Math.floor(patch / 3), patch % 3];
        return y >= (row * 13) / 5 && y < ((row + 1) * 13) / 5 && x >= (column * 11) / 3 && x < ((column + 1) * 11) / 3;
      });
    pooledScores(pixels, { height, width }, grid).forEach((score, patch) => {
      const values = inside(patch);
      expect(score).toBe(Math.fround(values.reduce((sum, value) => sum + value, 0) / values.length));
    });
  });

  it('refuses what has no mean for every patch, in one line', () => {
    const pool = (values: ArrayLike<number>, height: number, width: number) => () =>
      pooledScores(values, { height, width }, createPatchGrid(2, 3));
    expect(pool(new Float32Array(23), 4, 6)).toThrow(
      'pooledScores: pixels must hold 24 values, got 23; give one value per pixel of 4x6, row by row',
    );
    expect(pool(new Float32Array(6), 1, 6)).toThrow('pooledScores: height must be an integer of at least 2, got 1');
    expect(pool(new Float32Array(4), 2, 2)).toThrow('pooledScores: width must be an integer of at least 3, got 2');
    expect(pool(Float32Array.of(0, 0, 0, 0, Number.NaN, 0), 2, 3)).toThrow(
      'pooledScores: pixels must be numbers, got NaN in patch 4',
    );
  });
});
