import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rankByScore } from './rank-by-score';

describe('rankByScore', () => {
  it('puts the highest first and the lower index first among equals, infinities and signed zeros included', () => {
    expect([...rankByScore(Float32Array.of(0.2, 0.9, 0.2, 0.5))]).toEqual([1, 3, 0, 2]);
    expect([...rankByScore(Float32Array.of(1, Infinity, -Infinity, Infinity))]).toEqual([1, 3, 0, 2]);
    expect([...rankByScore(Float32Array.of(-0, 0, -0))]).toEqual([0, 1, 2]);
  });

  it('agrees with counting the patches that come before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true })), { maxLength: 41 }),
        (scores) => {
          const places = scores.map(
            (score, patch) =>
              scores.filter((other, index) => other > score || (other === score && index < patch)).length,
          );
          expect([...rankByScore(Float32Array.from(scores))].map((patch) => places[patch])).toEqual(
            scores.map((_, place) => place),
          );
        },
      ),
    );
  });
});
