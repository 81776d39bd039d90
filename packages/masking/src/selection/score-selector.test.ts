import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ScoreSelector } from './score-selector';

/** The slow twin: a stable sort. */
function sorted(scores: Float32Array, count: number, direction: 1 | -1): number[] {
  const order = [...scores.keys()].sort((a, b) =>
    scores[a] === scores[b] ? 0 : direction * (scores[a]! < scores[b]! ? 1 : -1),
  );
  const chosen = new Set(order.slice(0, count));
  return [...scores.keys()].map((patch) => Number(chosen.has(patch)));
}

const selector = new ScoreSelector();

function marked(count: number, patchCount: number): number[] {
  const marks = new Uint8Array(patchCount).fill(255); // every entry must be overwritten
  selector.markFirst(count, marks);
  return [...marks];
}

describe('ScoreSelector', () => {
  it('selects from both ends and for several counts, whatever the signs and magnitudes', () => {
    const score = fc.oneof(
      fc.float({ noNaN: true }),
      fc.float({ noNaN: true, min: 0, max: 1 }),
      fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity),
    );
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 101 }), fc.boolean(), (list, lowestFirst) => {
        const scores = Float32Array.from(list);
        selector.look('a test', 'scores', scores, lowestFirst);
        for (const count of [scores.length, 0, 1, Math.ceil(scores.length / 3)]) {
          expect(marked(count, scores.length)).toEqual(sorted(scores, count, lowestFirst ? -1 : 1));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses NaN of either sign, and takes infinities and large scores', () => {
    const negativeNaN = new Float32Array(Int32Array.of(0x3f800000, -1).buffer);
    for (const scores of [Float32Array.of(0, Number.NaN), negativeNaN, [0, Number.NaN]]) {
      expect(() => selector.look('here', 'scores', scores)).toThrow(
        /^here: scores must be numbers, got NaN at patch 1/,
      );
    }
    selector.look('here', 'scores', Float32Array.of(1.5, 3e38, Infinity, 2, -Infinity));
    expect(marked(3, 5)).toEqual([0, 1, 1, 1, 0]);
  });
});
