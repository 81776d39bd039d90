import { createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fixCount } from './fix-count';

describe('fixCount', () => {
  it('reaches the count by changing as few patches as possible, all in one direction', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 61 })
          .chain((values) =>
            fc.record({ values: fc.constant(values), count: fc.nat(values.length), seed: fc.integer() }),
          ),
        ({ values, count, seed }) => {
          const before = values.reduce<number>((sum, value) => sum + value, 0);
          const fixed = fixCount(Uint8Array.from(values), count, createRng(seed));
          expect(fixed.reduce((sum, value) => sum + value, 0)).toBe(count);
          expect(fixed.filter((value, patch) => value !== values[patch])).toHaveLength(Math.abs(count - before));
        },
      ),
    );
  });

  it('adds each free patch equally often', () => {
    const draws = 7000;
    const counts = new Float64Array(7);
    const rng = createRng(11);
    for (let draw = 0; draw < draws; draw++) {
      fixCount(Uint8Array.of(1, 0, 0, 0, 0, 0, 1), 4, rng).forEach((value, patch) => {
        counts[patch]! += value;
      });
    }
    // Two of five free patches: 5 standard deviations of a binomial frequency.
    const bound = 5 * Math.sqrt((0.4 * 0.6) / draws);
    for (const patch of [1, 2, 3, 4, 5]) expect(Math.abs(counts[patch]! / draws - 0.4)).toBeLessThan(bound);
  });

  it('refuses counts no mask can have', () => {
    expect(() => fixCount(new Uint8Array(3), 4, createRng(1))).toThrow(/maskedCount must be between 0 and 3, got 4/);
  });
});
