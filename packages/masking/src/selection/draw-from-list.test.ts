import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { drawFromList } from './draw-from-list';

describe('drawFromList', () => {
  const patches = [99, 3, 11, 0, 7, 5, 99];
  const list = { patches, start: 1, length: 5 };

  it.each([0, 1, 2, 3, 4, 5])('sets exactly %i of the listed patches and leaves the others', (count) => {
    for (let seed = 0; seed < 20; seed++) {
      const hidden = new Uint8Array(13).fill(9);
      drawFromList(list, count, hidden, createRng(seed));
      const listed = [3, 11, 0, 7, 5].map((patch) => hidden[patch]);
      expect(listed.filter((value) => value === 1)).toHaveLength(count);
      expect(listed.filter((value) => value === 0)).toHaveLength(5 - count);
      expect(hidden.filter((value) => value === 9)).toHaveLength(13 - 5);
    }
  });

  it.each([2, 3])('draws each subset of %i of 5 equally often', (count) => {
    const draws = 10_000;
    const rng = createRng(count);
    const hidden = new Uint8Array(13);
    const times = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      drawFromList(list, count, hidden, rng);
      const subset = hidden.join('');
      times.set(subset, (times.get(subset) ?? 0) + 1);
    }
    expect(times.size).toBe(10); // 5 over 2
    // Binomial(10000, 1/10): 5 standard deviations.
    for (const found of times.values()) expect(Math.abs(found - 1000)).toBeLessThan(5 * Math.sqrt(draws * 0.1 * 0.9));
  });
});
