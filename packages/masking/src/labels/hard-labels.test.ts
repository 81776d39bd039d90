import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partsFromFeatures } from './parts-from-features';
import { partsFromPixels } from './parts-from-pixels';
import { partsFromSegmentation } from './parts-from-segmentation';

describe('partsFromSegmentation', () => {
  // biome-ignore format: a picture
  const ids = [
    7, 7, 2, 0, 9, 9,
    7, 3, 0, 2, 9, 5,
  ];
  const size = { height: 2, width: 6 };

  it('takes the commonest id of each patch, the lower among equals', () => {
    expect([...partsFromSegmentation(ids, size, createPatchGrid(1, 3))]).toEqual([7, 0, 9]);
    expect([...partsFromSegmentation(Uint8Array.from(ids), size, createPatchGrid(2, 6))]).toEqual(ids);
  });

  it('leaves pixels to ignore out of the vote', () => {
    const grid = createPatchGrid(1, 3);
    expect([...partsFromSegmentation(ids, size, grid, { ignore: 7 })]).toEqual([3, 0, 9]);
    expect([...partsFromSegmentation(ids, size, grid, { ignore: 0 })]).toEqual([7, 2, 9]);
    const empty = Array<number>(12).fill(255);
    expect([...partsFromSegmentation(empty, size, grid, { ignore: 255 })]).toEqual([0, 0, 0]);
    expect([...partsFromSegmentation(empty, size, grid, { ignore: 255, withoutVotes: 4 })]).toEqual([4, 4, 4]);
  });

  it('agrees with more pixels than any other ids, where the grid does not divide the image', () => {
    const rng = createRng(1);
    const [height, width] = [13, 11];
    const grid = createPatchGrid(5, 3);
    const random = Uint8Array.from({ length: height * width }, () => rng.integer(4));
    const agreeing = (parts: Uint8Array) =>
      random.filter((id, pixel) => {
        const row = Math.floor(((Math.floor(pixel / width) + 0.5) * 5) / height);
        return parts[row * 3 + Math.floor((((pixel % width) + 0.5) * 3) / width)] === id;
      }).length;
    const best = partsFromSegmentation(random, { height, width }, grid);
    for (let patch = 0; patch < 15; patch++) {
      for (let id = 0; id < 4; id++) expect(agreeing(best.with(patch, id))).toBeLessThanOrEqual(agreeing(best));
    }
  });

  it('refuses ids that are no bytes and images of another size', () => {
    const read =
      (values: number[], height = 2) =>
      () =>
        partsFromSegmentation(values, { height, width: 6 }, createPatchGrid(2, 3));
    expect(read(ids.with(8, 256))).toThrow(
      'partsFromSegmentation: labels must be integers from 0 to 255, got 256; number the labels',
    );
    expect(read(ids.with(8, -1))).toThrow(/got -1 at pixel 8/);
    expect(read(ids.with(8, Number.NaN))).toThrow(/got NaN at pixel 8/);
    expect(read(ids, 3)).toThrow('pixels must hold 18 values, got 12; give one value per pixel of 3x6, row by row');
    expect(read(ids, 1)).toThrow(/height must be an integer of at least 2, got 1/);
  });
});

describe('partsFromFeatures', () => {
  const grid = createPatchGrid(7, 11);
  const dimensions = 5;
  const rng = createRng(2);
  const prototypes = Array.from({ length: 6 }, () => Array.from({ length: dimensions }, () => 3 * rng.normal()));
  const truth = Uint8Array.from({ length: grid.patchCount }, (_, patch) => (patch * 6) / 77);
  const features = Float32Array.from(
    [...truth].flatMap((part) => prototypes[part]!.map((value) => value + 0.1 * rng.normal())),
  );

  it('finds planted clusters whatever the seed', () => {
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const parts = partsFromFeatures(features, grid, { partCount: 6, rng: createRng(seed) });
      expect(new Set(parts)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
      const pairs = new Set([...parts].map((part, patch) => `${part} ${truth[patch]}`));
      if (pairs.size === 6) found += 1;
    }
    expect(found).toBeGreaterThan(15); // a single start of k-means may merge two clusters now and then
  });

  it('leaves every patch with its nearest center', () => {
    const noise = Float32Array.from({ length: grid.patchCount * 3 }, () => rng.normal());
    const parts = partsFromFeatures(noise, grid, { partCount: 13, rng: createRng(3), iterations: 100 });
    const centers = Array.from({ length: 13 }, (_, part) => {
      const own = [...parts.keys()].filter((patch) => parts[patch] === part + 1);
      return [0, 1, 2].map((d) => own.reduce((sum, patch) => sum + noise[patch * 3 + d]!, 0) / own.length);
    });
    const distance = (patch: number, part: number) =>
      centers[part]!.reduce((sum, value, d) => sum + (noise[patch * 3 + d]! - value) ** 2, 0);
    parts.forEach((part, patch) => {
      for (let other = 0; other < 13; other++) {
        expect(distance(patch, part - 1)).toBeLessThanOrEqual(distance(patch, other) + 1e-9); // order of summation
      }
    });
  });

  it('is the same for the same seed, and uses fewer ids for fewer kinds of patches', () => {
    const cluster = () => partsFromFeatures(features, grid, { partCount: 4, rng: createRng(4) });
    expect(cluster()).toEqual(cluster());
    const alike = partsFromFeatures(new Float32Array(77), grid, { partCount: 7, rng: createRng(5) });
    expect(new Set(alike).size).toBe(1);
  });

  it('refuses what cannot be clustered', () => {
    const cluster = (values: Float32Array, partCount: number) => () =>
      partsFromFeatures(values, grid, { partCount, rng: createRng(6) });
    expect(cluster(features.subarray(1), 3)).toThrow(
      'partsFromFeatures: features must hold equally many values for each of 77 patches, got 384 values; pass the patch',
    );
    expect(cluster(new Float32Array(0), 3)).toThrow(/got 0 values/);
    expect(cluster(features, 78)).toThrow('partsFromFeatures: partCount must be between 1 and 77, got 78');
    expect(cluster(features, 0)).toThrow(/partCount/);
    expect(cluster(features.with(13, Number.NaN), 3)).toThrow('kMeans: points must be finite, got NaN in row 2');
    expect(cluster(features.with(13, Number.POSITIVE_INFINITY), 3)).toThrow(/got Infinity in row 2/);
  });
});

describe('partsFromPixels', () => {
  const grid = createPatchGrid(5, 7);
  const size = { height: 15, width: 14 };

  /** RGB pixels [15, 14, 3] of patches in the colors that the picture numbers. */
  function paint(picture: readonly number[], colors: readonly number[][]): Uint8Array {
    return Uint8Array.from(
      Array.from({ length: 15 * 14 }, (_, pixel) => {
        const patch = Math.floor(Math.floor(pixel / 14) / 3) * 7 + Math.floor((pixel % 14) / 2);
        return colors[picture[patch]!]!;
      }).flat(),
    );
  }

  // biome-ignore format: a picture
  const picture = [
    0, 0, 0, 0, 1, 1, 1,
    0, 0, 0, 0, 1, 1, 1,
    0, 0, 2, 2, 2, 1, 1,
    2, 2, 2, 2, 2, 2, 1,
    2, 2, 2, 2, 2, 2, 2,
  ];

  it('finds regions of one color', () => {
    const pixels = paint(picture, [
      [250, 10, 10],
      [10, 250, 10],
      [10, 10, 250],
    ]);
    const parts = partsFromPixels(pixels, size, grid, { partCount: 3, rng: createRng(1) });
    expect(new Set([...parts].map((part, patch) => `${part} ${picture[patch]}`)).size).toBe(3);
  });

  it('cuts a plain image into compact pieces of about one size', () => {
    const pixels = new Uint8Array(15 * 14 * 3).fill(128);
    const parts = partsFromPixels(pixels, size, grid, { partCount: 5, rng: createRng(2) });
    for (let part = 1; part <= 5; part++) {
      const own = [...parts.keys()].filter((patch) => parts[patch] === part);
      expect(own.length).toBeGreaterThan(2);
      const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
      expect(spread(own.map((patch) => Math.floor(patch / 7)))).toBeLessThan(5);
      expect(spread(own.map((patch) => patch % 7))).toBeLessThan(6);
    }
  });

  it('looks at color alone without compactness', () => {
    const apart = picture.map((_, patch) => patch % 2);
    const pixels = paint(apart, [
      [100, 100, 100],
      [103, 100, 100],
    ]);
    const cluster = (compactness: number) =>
      partsFromPixels(pixels, size, grid, { partCount: 2, rng: createRng(3), compactness });
    expect(new Set([...cluster(0)].map((part, patch) => `${part} ${apart[patch]}`)).size).toBe(2);
    expect(new Set([...cluster(5)].map((part, patch) => `${part} ${apart[patch]}`)).size).toBe(4);
  });

  it('refuses pixels of another size', () => {
    expect(() => partsFromPixels(new Uint8Array(210), size, grid, { partCount: 3, rng: createRng(4) })).toThrow(
      'partsFromPixels: pixels must hold 630 values, got 210; give 3 values per pixel of 15x14, row by row',
    );
    expect(() =>
      partsFromPixels(new Uint8Array(630), size, grid, { partCount: 3, rng: createRng(4), compactness: -1 }),
    ).toThrow(/compactness/);
    expect(() => partsFromPixels(new Uint8Array(630), size, grid, { partCount: 36, rng: createRng(4) })).toThrow(
      'partsFromPixels: partCount must be between 1 and 35, got 36',
    );
  });
});
