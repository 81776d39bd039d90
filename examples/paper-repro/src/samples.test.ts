import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { bothWays, picksOfStep, prepareImages } from './samples';

describe('picksOfStep', () => {
  it('depends on the epoch and the step alone', () => {
    const used = createRng(3);
    used.permutation(50);
    const step = { epoch: 2, step: 1, count: 23, batchSize: 7 };
    expect(picksOfStep(used, step)).toEqual(picksOfStep(createRng(3), step));
  });

  it('visits each image once an epoch', () => {
    const visited = [0, 1, 2].flatMap((step) =>
      picksOfStep(createRng(1), { epoch: 4, step, count: 21, batchSize: 7 }).map(({ index }) => index),
    );
    expect(visited.sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, index) => index));
  });

  it('mirrors about half of the images', () => {
    const picks = picksOfStep(createRng(1), { epoch: 0, step: 0, count: 1000, batchSize: 1000 });
    const mirrored = picks.filter((pick) => pick.mirrored === 1).length;
    expect(Math.abs(mirrored - 500)).toBeLessThan(5 * Math.sqrt(250)); // five standard deviations of Binomial(1000, 1/2)
  });
});

describe('mirroring', () => {
  it('moves pixels, parts and attention alike', () => {
    // A 6x6 image whose every pixel holds its column; patches are its 2x2 cells.
    const pixels = Uint8Array.from({ length: 6 * 6 * 3 }, (_, item) => 40 * (Math.floor(item / 3) % 6));
    const [plain, mirrored] = prepareImages([{ id: 'ramp', height: 6, width: 6, pixels }], 6)[0]!;
    for (let column = 0; column < 6; column++) expect(mirrored[3 * column]).toBeCloseTo(plain[3 * (5 - column)]!, 5); // float32 of values below 3

    const grid = createPatchGrid(2, 3);
    const guide = { parts: Uint8Array.of(1, 2, 3, 4, 5, 6), attention: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(bothWays(guide, grid)[1]).toEqual({
      parts: Uint8Array.of(3, 2, 1, 6, 5, 4),
      attention: Float32Array.of(3, 2, 1, 6, 5, 4),
    });
  });
});
