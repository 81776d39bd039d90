import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partMatching } from './part-matching';

describe('partMatching', () => {
  it('finds renamed parts', () => {
    const matching = partMatching([
      [0, 13, 0],
      [0, 0, 7],
      [5, 0, 0],
    ]);
    expect(matching).toMatchObject({ matches: [2, 0, 1], miou: 1, manyToOneIou: 1, mergedMiou: 1, purity: 1 });
  });

  it('gives the values counted by hand where a part is split in two', () => {
    // True part 0 (8 samples) is split into 6 + 2; true part 1 (4 samples) is found, with one stray sample of part 0.
    const matching = partMatching([
      [5, 0],
      [2, 0],
      [1, 4],
    ])!;
    expect(matching.iou).toEqual([
      [5 / 8, 0],
      [2 / 8, 0],
      [1 / 12, 4 / 5],
    ]);
    expect(matching.matches).toEqual([0, 2]);
    expect(matching.miou).toBe((5 / 8 + 4 / 5) / 2);
    expect(matching.manyToOneIou).toBe((5 / 8 + 2 / 8 + 4 / 5) / 3);
    expect(matching.mergedMiou).toBe((7 / 8 + 4 / 5) / 2);
    expect(matching.purity).toBe(11 / 12);
  });

  it('counts true parts that nobody found', () => {
    const matching = partMatching([[3, 3, 6]])!;
    expect(matching.matches).toEqual([-1, -1, 0]);
    expect([matching.miou, matching.mergedMiou]).toEqual([0.5 / 3, 0.5 / 3]);
  });

  it('beats every other one-to-one matching, and many to one is never worse than purity of one cluster', () => {
    const rng = createRng(9);
    for (let trial = 0; trial < 30; trial++) {
      const table = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => 1 + rng.integer(20)));
      const { iou, miou, purity } = partMatching(table)!;
      const orders: number[][] = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ];
      const best = Math.max(
        ...orders.map((order) => order.reduce((sum, row, column) => sum + iou[row]![column]!, 0) / 3),
      );
      // doubles, summed in another order
      expect(miou).toBeCloseTo(best, 14);
      const columns = [0, 1, 2].map((column) => table.reduce((sum, row) => sum + row[column]!, 0));
      expect(purity).toBeGreaterThanOrEqual(Math.max(...columns) / columns.reduce((sum, count) => sum + count, 0));
    }
  });

  it('is null where there is nothing to find', () => {
    expect(partMatching([])).toBeNull();
  });
});
