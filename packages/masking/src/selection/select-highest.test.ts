import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { selectHighest } from './select-highest';

/** The slow twin: a stable sort, highest first. */
function sorted(scores: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: scores.length }, (_, patch) => patch);
  order.sort((a, b) => (scores[a] === scores[b] ? 0 : scores[b]! > scores[a]! ? 1 : -1));
  const chosen = order.slice(0, count);
  return order.map((_, patch) => (chosen.includes(patch) ? 1 : 0));
}

function selected(scores: ArrayLike<number>, count: number): number[] {
  const hidden = new Uint8Array(scores.length).fill(255); // every entry must be overwritten
  selectHighest(scores, count, hidden);
  return [...hidden];
}

describe('selectHighest', () => {
  it('takes the highest, the lower index first among equals, infinities and signed zeros included', () => {
    expect(selected([0.2, 0.9, 0.2, 0.5], 3)).toEqual([1, 1, 0, 1]);
    expect(selected([1, Infinity, -Infinity, Infinity], 1)).toEqual([0, 1, 0, 0]);
    expect(selected([1, Infinity, -Infinity, Infinity], 3)).toEqual([1, 1, 0, 1]);
    expect(selected(Float32Array.of(-0, 0, -0), 2)).toEqual([1, 1, 0]);
    expect(selected(new Float32Array(7).fill(0.1), 4)).toEqual([1, 1, 1, 1, 0, 0, 0]);
  });

  it('agrees with a stable sort, with many ties and few', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));
    const request = fc
      .array(value, { minLength: 1, maxLength: 97 })
      .chain((scores) => fc.record({ scores: fc.constant(scores), count: fc.nat(scores.length) }));
    fc.assert(
      fc.property(request, ({ scores, count }) => {
        expect(selected(scores, count)).toEqual(sorted(scores, count));
        const floats = Float32Array.from(scores);
        expect(selected(floats, count)).toEqual(sorted(floats, count));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees on sorted, reversed and larger inputs, whatever was selected before', () => {
    const rising = Array.from({ length: 1009 }, (_, patch) => patch % 331);
    for (const scores of [rising, rising.toReversed(), rising.map((score) => -score), [3]]) {
      for (const count of [1, Math.ceil(scores.length / 3), scores.length]) {
        expect(selected(scores, count)).toEqual(sorted(scores, count));
      }
    }
  });
});
