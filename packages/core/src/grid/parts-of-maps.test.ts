import { describe, expect, it } from 'vitest';

import { createRng } from '../create-rng';
import { borderParts, borderPatches } from './border-parts';
import { highestMap } from './highest-map';
import { insideMass } from './inside-mass';
import { createPatchGrid } from './patch-grid';

const grid = createPatchGrid(5, 7);
const random = (maps: number, seed: number) => {
  const rng = createRng(seed);
  return Float32Array.from({ length: maps * grid.patchCount }, () => Math.round(8 * rng.uniform()) / 8); // many ties
};

describe('highestMap', () => {
  it('names the highest of the maps, the first of equals', () => {
    const maps = random(13, 1);
    highestMap(maps, grid).forEach((part, patch) => {
      const ofPatch = Array.from({ length: 13 }, (_, map) => maps[map * grid.patchCount + patch]!);
      expect(part).toBe(ofPatch.indexOf(Math.max(...ofPatch)) + 1);
    });
  });
});

describe('insideMass', () => {
  it('takes no patch that a map could spare', () => {
    const [map, share] = [random(1, 2), 0.6];
    const inside = insideMass(map, grid, share);
    const total = map.reduce((sum, value) => sum + value, 0);
    const taken = [...map.keys()].filter((patch) => inside[patch] === 1);
    const held = taken.reduce((sum, patch) => sum + map[patch]!, 0);
    const least = Math.min(...taken.map((patch) => map[patch]!));
    expect(held).toBeGreaterThanOrEqual(share * total);
    expect(held - least).toBeLessThan(share * total);
    for (const patch of map.keys()) if (inside[patch] === 0) expect(map[patch]).toBeLessThanOrEqual(least);
  });

  it('joins the sets of all maps', () => {
    const maps = random(3, 3);
    const each = [0, 1, 2].map((map) => insideMass(maps.subarray(35 * map, 35 * (map + 1)), grid, 0.3));
    expect(insideMass(maps, grid, 0.3)).toEqual(
      each[0]!.map((one, patch) => one | each[1]![patch]! | each[2]![patch]!),
    );
  });
});

describe('borderParts', () => {
  it('takes the fewest parts with more than half of the border', () => {
    // Of 20 border patches part 3 holds 10, just half, and part 1 holds 7. Part 2 lies in the middle.
    // biome-ignore format: a picture
    const parts = Uint8Array.of(
      1, 1, 1, 1, 1, 1, 1,
      4, 3, 3, 3, 3, 3, 4,
      4, 3, 2, 2, 2, 3, 3,
      3, 3, 2, 2, 2, 3, 3,
      3, 3, 3, 3, 3, 3, 3,
    );
    expect(borderPatches(grid).length).toBe(20);
    expect(borderParts(parts, grid)).toEqual(parts.map((part) => +(part === 1 || part === 3)));
  });

  it('takes the lower of two parts that hold as much', () => {
    const line = Uint8Array.of(2, 5, 5, 1, 3, 5, 2, 1, 5); // 5 holds 4 of 9; 1 and 2 hold 2 each
    expect(borderParts(line, createPatchGrid(1, 9))).toEqual(line.map((part) => +(part === 5 || part === 1)));
  });
});
