import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { majorityFilter } from './majority-filter';

describe('majorityFilter', () => {
  it('removes a speck and keeps straight edges', () => {
    const labels = Uint8Array.of(1, 1, 2, 2, 1, 3, 2, 2, 1, 1, 2, 2);
    expect(Array.from(majorityFilter(labels, createPatchGrid(3, 4)))).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
  });

  it('keeps the label in a tie, and takes the lowest where it lost', () => {
    expect(Array.from(majorityFilter(Uint8Array.of(2, 1), createPatchGrid(1, 2)))).toEqual([2, 1]);
    expect(Array.from(majorityFilter(Uint8Array.of(5, 5, 9, 4, 4), createPatchGrid(1, 5)))).toEqual([5, 5, 9, 4, 4]);
    expect(majorityFilter(Uint8Array.of(5, 4, 5, 9, 0, 4, 0, 7, 0), createPatchGrid(3, 3))[3]).toBe(0);
  });

  it('equals counting every label of every window', () => {
    const rng = createRng(1);
    const [rows, columns] = [7, 11];
    const labels = Uint8Array.from({ length: rows * columns }, () => rng.integer(4));
    const filtered = majorityFilter(labels, createPatchGrid(rows, columns));
    filtered.forEach((winner, patch) => {
      const near = (other: number) =>
        Math.abs(Math.floor(other / columns) - Math.floor(patch / columns)) < 2 &&
        Math.abs((other % columns) - (patch % columns)) < 2;
      const votes = [0, 1, 2, 3].map((label) => labels.filter((found, other) => found === label && near(other)).length);
      const most = Math.max(...votes);
      expect(winner).toBe(votes[labels[patch]!] === most ? labels[patch] : votes.indexOf(most));
    });
  });
});
