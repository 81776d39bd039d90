import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { centersOfParts, landmarksOfParts } from './centers-of-parts';

describe('centersOfParts', () => {
  it('is the mean place of the patches of each part, x first, and NaN where there are none', () => {
    const rng = createRng(6);
    const parts = Uint8Array.from({ length: 35 }, () => rng.integer(4));
    const centers = centersOfParts(parts, 4, createPatchGrid(5, 7));
    for (const part of [1, 2, 3]) {
      const own = [...parts.keys()].filter((patch) => parts[patch] === part);
      const mean = (place: (patch: number) => number) => own.reduce((sum, patch) => sum + place(patch), 0) / own.length;
      expect(centers[2 * part - 2]).toBeCloseTo(
        mean((patch) => ((patch % 7) + 0.5) / 7),
        12,
      );
      expect(centers[2 * part - 1]).toBeCloseTo(
        mean((patch) => (Math.floor(patch / 7) + 0.5) / 5),
        12,
      );
    }
    expect([...centers.subarray(6)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('landmarksOfParts', () => {
  it('is the centroid of each visible part', () => {
    const labels = Uint8Array.of(0, 2, 2, 255, 0, 2);
    const places = landmarksOfParts({ labels, height: 2, width: 3 }, 2);
    const x = (1.5 + 2.5 + 2.5) / 3 / 3;
    expect(Array.from(places)).toEqual([Number.NaN, Number.NaN, x, (0.5 + 0.5 + 1.5) / 3 / 2]);
    expect([...landmarksOfParts({ labels, height: 2, width: 3, ignore: 2 }, 2)].every(Number.isNaN)).toBe(true);
    expect(() => landmarksOfParts({ labels, height: 2, width: 2 }, 2)).toThrow('labels must hold 4 values, got 6');
  });
});
