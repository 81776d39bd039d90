import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partsFromAttention } from './parts-from-attention';
import { partsFromMaps } from './parts-from-maps';

describe('partsFromMaps', () => {
  const grid = createPatchGrid(2, 3);
  // biome-ignore format: a picture
  const maps = Float32Array.of(
    0.5,  0.125, 0.25,  0.25, 0, 0.5,
    0.5,  0.25,  0.125, 0.25, 0, 0.125,
    0.125, 1,    0.25,  0.5,  0, 0.5,
  );

  it('names the highest map from 1 on, the lower id among equals', () => {
    expect([...partsFromMaps(maps, grid)]).toEqual([1, 3, 1, 3, 1, 1]);
  });

  it('makes background of patches that no map reaches', () => {
    expect([...partsFromMaps(maps, grid, { background: 0.5 })]).toEqual([1, 3, 0, 3, 0, 1]);
    expect([...partsFromMaps(maps, grid, { background: 2 })]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('makes background of the parts that hold most of the border', () => {
    const [rows, columns] = [5, 7];
    // Part 2 lies in the middle, 3 around it, 1 in the top row: 10 and 7 of 20 border patches, together more than half.
    // biome-ignore format: a picture
    const truth = [
      1, 1, 1, 1, 1, 1, 1,
      4, 3, 3, 3, 3, 3, 4,
      4, 3, 2, 2, 2, 3, 3,
      3, 3, 2, 2, 2, 3, 3,
      3, 3, 3, 3, 3, 3, 3,
    ];
    const soft = Float32Array.from({ length: 4 * rows * columns }, (_, index) =>
      truth[index % 35] === Math.floor(index / 35) + 1 ? 1 : 0,
    );
    const cut = truth.map((part) => (part === 1 || part === 3 ? 0 : part));
    expect([...partsFromMaps(soft, createPatchGrid(rows, columns), { background: 'border' })]).toEqual(cut);
  });

  it('agrees with the maps one by one', () => {
    const rng = createRng(1);
    const [parts, patches] = [13, 77];
    const random = Float32Array.from({ length: parts * patches }, () => Math.round(rng.uniform() * 8) / 8); // many ties
    partsFromMaps(random, createPatchGrid(7, 11)).forEach((part, patch) => {
      const ofPatch = Array.from({ length: parts }, (_, map) => random[map * patches + patch]!);
      expect(part).toBe(ofPatch.indexOf(Math.max(...ofPatch)) + 1);
    });
  });

  it('refuses what are no maps of the grid', () => {
    expect(() => partsFromMaps(new Float32Array(13), grid)).toThrow(
      'partsFromMaps: maps must hold 1 to 255 maps of 6 patches, got 13 values; pass the maps of one image',
    );
    expect(() => partsFromMaps(new Float32Array(0), grid)).toThrow(/1 to 255/);
    expect(() => partsFromMaps(new Float32Array(256 * 6), grid)).toThrow(/got 1536 values/);
    expect(() => partsFromMaps(maps.with(8, Number.NaN), grid)).toThrow(
      'maps (map 1) must be numbers, got NaN at patch 2',
    );
    expect(() => partsFromMaps(maps, grid, { background: 'edge' as 'border' })).toThrow(
      /background must be one of none, border/,
    );
  });
});

describe('partsFromAttention', () => {
  const grid = createPatchGrid(1, 5);
  // biome-ignore format: a picture
  const heads = Float32Array.of(
    0.6, 0.3, 0.0, 0.0,  0.1,
    0.0, 0.3, 0.2, 0.05, 0.45,
  );

  it('gives each patch to the head that attends most to it', () => {
    expect([...partsFromAttention(heads, grid)]).toEqual([1, 1, 2, 2, 2]);
  });

  it('keeps what some head needs for its share, and calls the rest background', () => {
    expect([...partsFromAttention(heads, grid, { keptMass: 0.5 })]).toEqual([1, 1, 0, 0, 2]); // head 1: 0; head 2: 4, 1
    expect([...partsFromAttention(heads, grid, { keptMass: 0.9 })]).toEqual([1, 1, 2, 0, 2]); // 0, 1; 4, 1, 2
    expect([...partsFromAttention(heads, grid, { keptMass: 0 })]).toEqual([0, 0, 0, 0, 0]);
  });

  it('refuses shares of nothing', () => {
    expect(() => partsFromAttention(heads, grid, { keptMass: 1.5 })).toThrow(
      /keptMass must be between 0 and 1, got 1.5/,
    );
    expect(() => partsFromAttention(heads.with(3, -1), grid, { keptMass: 0.6 })).toThrow(
      /attention must not be negative .* got -1 at patch 3; pass attention after its softmax/,
    );
    expect(() => partsFromAttention(heads, createPatchGrid(1, 4))).toThrow(/attention must hold 1 to 255 maps of 4/);
  });
});
