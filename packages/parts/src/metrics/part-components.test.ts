import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partComponents } from './part-components';

/** Spreads the lowest patch number through every piece until nothing changes. */
function slowComponents(labels: Uint8Array, columns: number): number {
  const names = Array.from(labels.keys());
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < labels.length; a++) {
      for (let b = 0; b < labels.length; b++) {
        const [dx, dy] = [(a % columns) - (b % columns), Math.floor(a / columns) - Math.floor(b / columns)];
        if (Math.abs(dx) + Math.abs(dy) !== 1 || labels[a] !== labels[b] || names[a]! <= names[b]!) continue;
        names[a] = names[b]!;
        changed = true;
      }
    }
  }
  const pieces = new Set(names.filter((_, patch) => labels[patch]! > 0));
  return pieces.size / new Set(labels.filter((label) => label > 0)).size;
}

describe('partComponents', () => {
  it('counts pieces by hand: corners do not touch, rows do not wrap', () => {
    const maps = [Uint8Array.of(0, 1, 0, 1, 0, 1), Uint8Array.of(2, 2, 1, 2, 1, 1)];
    // First image: 1 in three pieces. Second: 2 in one, 1 in one.
    expect(partComponents(maps, createPatchGrid(2, 3))).toBe((3 + 1 + 1) / 3);
    expect(partComponents([new Uint8Array(6)], createPatchGrid(2, 3))).toBeNull();
  });

  it('equals spreading names', () => {
    const rng = createRng(8);
    for (let trial = 0; trial < 10; trial++) {
      const labels = Uint8Array.from({ length: 35 }, () => rng.integer(3));
      expect(partComponents([labels], createPatchGrid(5, 7))).toBe(slowComponents(labels, 7));
    }
  });
});
