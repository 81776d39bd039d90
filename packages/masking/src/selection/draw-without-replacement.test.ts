import { createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawWithoutReplacement } from './draw-without-replacement';

describe('drawWithoutReplacement', () => {
  it('sets exactly the count, 0 and all included, and nothing past the patches', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 61 }), fc.nat(61), fc.integer(), (patchCount, nat, seed) => {
        const count = nat % (patchCount + 1);
        const hidden = new Uint8Array(patchCount + 1).fill(255);
        drawWithoutReplacement(count, patchCount, hidden, createRng(seed));
        expect(hidden[patchCount]).toBe(255);
        const values = [...hidden.subarray(0, patchCount)];
        expect(values.filter((value) => value === 1)).toHaveLength(count);
        expect(values.filter((value) => value === 0)).toHaveLength(patchCount - count);
      }),
    );
  });

  it.each([2, 5])('draws each subset of %i of 7 equally often', (count) => {
    const draws = 21_000;
    const rng = createRng(count);
    const hidden = new Uint8Array(7);
    const times = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      drawWithoutReplacement(count, 7, hidden, rng);
      const subset = hidden.join('');
      times.set(subset, (times.get(subset) ?? 0) + 1);
    }
    expect(times.size).toBe(21); // 7 over 2
    // Binomial(21000, 1/21): 5 standard deviations.
    const bound = 5 * Math.sqrt(draws * (1 / 21) * (20 / 21));
    for (const found of times.values()) expect(Math.abs(found - 1000)).toBeLessThan(bound);
  });

  it('takes one draw for each patch of the smaller side', () => {
    for (const [count, drawn] of [
      [3, 3],
      [29, 2],
    ] as const) {
      const rng = createRng(1);
      drawWithoutReplacement(count, 31, new Uint8Array(31), rng);
      const other = createRng(1);
      for (let draw = 0; draw < drawn; draw++) other.integer(31 - drawn + draw + 1);
      expect(rng.state()).toEqual(other.state());
    }
  });
});
