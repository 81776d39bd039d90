import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { sampleBatch } from '../sample-batch';
import { type PoolingRule, pooledMask } from './pooled-mask';
import { pooledScores } from './pooled-scores';
import { userMasking } from './user-masking';

describe('pooledMask', () => {
  // Patches of 2x2 with 0, 1, 2, 3 and 4 masked pixels.
  // biome-ignore format: a picture
  const pixels = [
    0, 0,  1, 0,  1, 0,  1, 1,  1, 1,
    0, 0,  0, 0,  0, 1,  0, 1,  1, 1,
  ];
  const size = { height: 2, width: 10 };
  const grid = createPatchGrid(1, 5);

  it.each<[PoolingRule, number[]]>([
    ['any', [0, 1, 1, 1, 1]],
    ['all', [0, 0, 0, 0, 1]],
    ['majority', [0, 0, 0, 1, 1]],
    [0.5, [0, 0, 1, 1, 1]],
    [0.75, [0, 0, 0, 1, 1]],
    [1, [0, 0, 0, 0, 1]],
    [0.001, [0, 1, 1, 1, 1]],
  ])('hides patches by the rule %s', (rule, hidden) => {
    expect([...pooledMask(Uint8Array.from(pixels), size, grid, { rule })]).toEqual(hidden);
    expect([...pooledMask(pixels.map(Boolean), size, grid, { rule })]).toEqual(hidden);
  });

  it('counts the pixels whose center lies in the patch, on grids that do not divide the image', () => {
    const rng = createRng(1);
    const [height, width] = [13, 17];
    const uneven = createPatchGrid(3, 5);
    const random = Uint8Array.from({ length: height * width }, () => rng.integer(2));
    const shares = pooledScores(random, { height, width }, uneven);
    for (const rule of [0.3, 0.5, 0.61]) {
      const hidden = pooledMask(random, { height, width }, uneven, { rule });
      expect([...hidden]).toEqual([...shares].map((share) => +(share >= rule)));
    }
  });

  it('is a mask for userMasking, of one image or of each', () => {
    const square = createPatchGrid(3, 5);
    const mask = new Uint8Array(6 * 10);
    mask[0] = mask[13] = mask[59] = 1; // pixels (0, 0), (1, 3) and (5, 9)
    const hidden = pooledMask(mask, { height: 6, width: 10 }, square, { rule: 'any' });
    const context = { grid: square, progress: 0 };
    expect([...userMasking(hidden).sample(context, createRng(1)).masked]).toEqual([0, 1, 14]);
    const perImage = userMasking(
      ({ grid }, rng) => {
        const drawn = Uint8Array.from({ length: 60 }, () => +(rng.uniform() < 0.3));
        return pooledMask(drawn, { height: 6, width: 10 }, grid, { rule: 'majority' });
      },
      { maskedCount: 7, wrongCount: 'fix' },
    );
    expect(sampleBatch(perImage, [context, context], createRng(2)).maskedCount).toBe(7);
  });

  it('makes a soft mask discrete: the patches with the highest means', () => {
    const soft = Float32Array.from(pixels, (value) => 0.1 + 0.7 * value);
    const scores = pooledScores(soft, size, grid);
    expect([...userMasking(scores, { maskedCount: 2 }).sample({ grid, progress: 0 }, createRng(1)).masked]).toEqual([
      3, 4,
    ]);
  });

  it('refuses other sizes, other values and other rules, in one line', () => {
    const pool =
      (values: number[], rule: PoolingRule = 'any', height = 2) =>
      () =>
        pooledMask(Uint8Array.from(values), { height, width: 10 }, createPatchGrid(2, 5), { rule });
    expect(pool(pixels, 'any', 3)).toThrow(
      'pooledMask: pixels must hold 30 values, got 20; give one value per pixel of 3x10, row by row',
    );
    expect(pool(pixels, 'any', 1)).toThrow('pooledMask: height must be an integer of at least 2, got 1');
    expect(pool(pixels.with(7, 255))).toThrow(
      'pooledMask: pixels must be booleans, or 0 and 1, got 255 at pixel 7; set masked pixels to 1, or pool a soft mask',
    );
    for (const rule of [0, 1.1, Number.NaN, 'most' as 'any']) {
      expect(pool(pixels, rule)).toThrow(/pooledMask: rule must be any, all, majority or a share in \(0, 1\], got/);
    }
  });
});
