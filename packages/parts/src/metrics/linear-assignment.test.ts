import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { linearAssignment } from './linear-assignment';

/** Least cost over all ways to give every row its own column; needs at least as many columns as rows. */
function leastCost(costs: number[][], row = 0, taken = new Set<number>()): number {
  if (row === costs.length) return 0;
  return Math.min(
    ...costs[row]!.flatMap((cost, column) =>
      taken.has(column) ? [] : [cost + leastCost(costs, row + 1, new Set([...taken, column]))],
    ),
  );
}

describe('linearAssignment', () => {
  it('costs as little as the best of all permutations', () => {
    const rng = createRng(3);
    for (const [rows, columns] of [
      [1, 1],
      [2, 2],
      [3, 5],
      [5, 5],
      [6, 6],
      [2, 11],
    ] as const) {
      for (let trial = 0; trial < 10; trial++) {
        // Whole numbers from a small range, so that ties are common and sums exact.
        const costs = Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.integer(7) - 3));
        const assigned = linearAssignment(costs);
        expect(new Set(assigned).size).toBe(rows);
        expect(assigned.reduce((sum, column, row) => sum + costs[row]![column]!, 0)).toBe(leastCost(costs));
        const turned = costs[0]!.map((_, column) => costs.map((row) => row[column]!));
        const rowOf = linearAssignment(turned);
        expect([...rowOf].filter((row) => row < 0)).toHaveLength(columns - rows);
        expect(rowOf.reduce((sum, row, column) => sum + (row < 0 ? 0 : costs[row]![column]!), 0)).toBe(
          leastCost(costs),
        );
      }
    }
  });

  it('undoes a permutation', () => {
    const order = createRng(5).permutation(31);
    expect(
      linearAssignment(Array.from(order, (best) => Array.from(order.keys(), (c) => (c === best ? -1 : 0)))),
    ).toEqual(order);
  });

  it('takes empty tables and refuses ragged and infinite ones', () => {
    expect(linearAssignment([])).toHaveLength(0);
    expect(() => linearAssignment([[1, 2], [3]])).toThrow(
      'linearAssignment: every row must hold 2 finite costs, got [3]',
    );
    expect(() => linearAssignment([[Number.NaN]])).toThrow('got [NaN]');
  });
});
