import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { centersOfMass, centersOfParts, landmarksOfParts } from './centers-of-mass';

const grid = createPatchGrid(2, 3);

describe('centersOfMass', () => {
  it('is the middle for an even map and leans to the weight, x first', () => {
    const maps = [1, 1, 1, 1, 1, 1, ...[0, 0, 1, 0, 0, 3], ...[0, 0, 0, 0, 0, 0]];
    const centers = Array.from(centersOfMass(maps, 3, grid));
    expect(centers.slice(0, 2)).toEqual([0.5, 0.5]);
    expect(centers.slice(2)).toEqual([2.5 / 3, (0.25 + 3 * 0.75) / 4, Number.NaN, Number.NaN]);
  });

  it('agrees with hard parts as maps of zeros and ones', () => {
    const rng = createRng(6);
    const wide = createPatchGrid(5, 7);
    const parts = Uint8Array.from({ length: 35 }, () => rng.integer(4));
    const maps = [1, 2, 3].flatMap((part) => Array.from(parts, (label) => Number(label === part)));
    expect(centersOfParts(parts, 3, wide)).toEqual(centersOfMass(maps, 3, wide));
  });

  it('refuses negative weights', () => {
    expect(() => centersOfMass([1, 1, 1, 1, 1, -1], 1, grid)).toThrow('centersOfMass: maps must be at least 0, got -1');
  });
});

describe('landmarksOfParts', () => {
  it('is the centroid of each visible part', () => {
    const labels = Uint8Array.of(0, 2, 2, 255, 0, 2);
    const places = landmarksOfParts({ labels, height: 2, width: 3 }, 2);
    const x = (1.5 + 2.5 + 2.5) / 3 / 3;
    expect(Array.from(places)).toEqual([Number.NaN, Number.NaN, x, (0.5 + 0.5 + 1.5) / 3 / 2]);
    expect(() => landmarksOfParts({ labels, height: 2, width: 2 }, 2)).toThrow('labels must hold 4 values, got 6');
  });
});
