import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { mirroredPatches, partConsistency } from './part-consistency';

const grid = createPatchGrid(3, 5);

describe('partConsistency', () => {
  it('is 1 for parts that are mirrored with the image', () => {
    const rng = createRng(1);
    const consistency = partConsistency(3);
    for (let image = 0; image < 4; image++) {
      const parts = Uint8Array.from({ length: 15 }, () => rng.integer(4));
      // Turned by hand, row by row.
      const view = Uint8Array.from([0, 5, 10].flatMap((row) => [...parts.subarray(row, row + 5)].reverse()));
      consistency.add({ parts, view, source: mirroredPatches(grid) });
    }
    expect(consistency.scores()).toEqual({ miou: 1, partIou: [1, 1, 1], backgroundIou: 1 });
  });

  it('compares each id with itself, over all images at once', () => {
    const consistency = partConsistency(4);
    const source = Int32Array.of(0, 1, 2);
    consistency.add({ parts: Uint8Array.of(1, 1, 0), view: Uint8Array.of(1, 2, 0), source });
    consistency.add({ parts: Uint8Array.of(2, 1, 3), view: Uint8Array.of(2, 1, 0), source });
    // Part 1: 2 of 3; part 2: 1 of 2; part 3: 0 of 1; part 4 never; background: 1 of 2.
    expect(consistency.scores()).toEqual({
      miou: (2 / 3 + 1 / 2) / 3,
      partIou: [2 / 3, 1 / 2, 0, null],
      backgroundIou: 1 / 2,
    });
    const swapped = partConsistency(2);
    swapped.add({ parts: Uint8Array.of(1, 2), view: Uint8Array.of(2, 1), source: Int32Array.of(0, 1) });
    expect(swapped.scores().miou).toBe(0);
  });

  it('looks at the overlap of a crop only', () => {
    const consistency = partConsistency(3);
    const source = Int32Array.of(1, 2, -1);
    consistency.add({ parts: Uint8Array.of(3, 1, 2), view: Uint8Array.of(1, 2, 3), source });
    expect(consistency.scores()).toEqual({ miou: 1, partIou: [1, 1, null], backgroundIou: null });
    expect(partConsistency(3).scores().miou).toBeNull();
  });

  it('refuses sources outside the image and unknown ids', () => {
    const add = (source: number, part: number) =>
      partConsistency(2).add({ parts: Uint8Array.of(1), view: Uint8Array.of(part), source: Int32Array.of(source) });
    expect(() => add(1, 1)).toThrow('sources must be patches of the image and part ids at most 2, got undefined');
    expect(() => add(0, 7)).toThrow('part ids at most 2, got 7');
  });
});
