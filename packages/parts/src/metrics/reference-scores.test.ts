// Against scikit-learn, SciPy and exact rational arithmetic; `__fixtures__/reference-scores.py` wrote the values.

import { describe, expect, it } from 'vitest';

import reference from './__fixtures__/reference-scores.json';
import { adjustedRandIndex } from './adjusted-rand-index';
import { areaUnderCurve } from './area-under-curve';
import { linearAssignment } from './linear-assignment';
import { normalizedMutualInformation } from './normalized-mutual-information';
import { partContingency } from './part-contingency';
import { partMatching } from './part-matching';

describe('scores of random labelings', () => {
  it.each(reference.labelings.map((labeling, index) => [index, labeling] as const))(
    '%i as in Python',
    (_, labeling) => {
      const contingency = partContingency();
      contingency.add(labeling.predicted, labeling.truth);
      const table = contingency.table();
      // doubles, summed in another order
      expect(normalizedMutualInformation(table)).toBeCloseTo(labeling.nmi, 12);
      expect(adjustedRandIndex(table)).toBeCloseTo(labeling.ari, 12);
      expect(partMatching(table)!.miou).toBeCloseTo(labeling.miou, 12);
    },
  );
});

describe('scores of counts whose pairs pass 2^53', () => {
  it.each(reference.huge.map((counts, index) => [index, counts] as const))('%i as in exact arithmetic', (_, counts) => {
    const contingency = partContingency();
    counts.table.forEach((row, r) => {
      row.forEach((count, c) => {
        contingency.addCount(r, c, count);
      });
    });
    const table = contingency.table();
    expect(table).toEqual(counts.table);
    // exact integers, one division: the last digit of a double
    expect(Math.abs(adjustedRandIndex(table)! - counts.ari)).toBeLessThan(1e-15);
    // logarithms of ratios of doubles
    expect(normalizedMutualInformation(table)).toBeCloseTo(counts.nmi, 13);
  });
});

describe('assignments', () => {
  it.each(
    reference.assignments.map(({ costs, total }) => [`${costs.length}x${costs[0]!.length}`, costs, total] as const),
  )('%s costs as little as in SciPy', (_, costs, total) => {
    const columns = linearAssignment(costs);
    const taken = [...columns].filter((column) => column >= 0);
    expect(new Set(taken).size).toBe(Math.min(costs.length, costs[0]!.length));
    const cost = columns.reduce((sum, column, row) => sum + (column < 0 ? 0 : costs[row]![column]!), 0);
    // sums of doubles
    expect(cost).toBeCloseTo(total, 12);
  });
});

describe('areas under the ROC curve', () => {
  it.each(reference.rankings.map((ranking, index) => [index, ranking] as const))(
    '%i as in scikit-learn',
    (_, ranking) => {
      const negatives = ranking.truth.map((label) => 1 - label);
      const area = areaUnderCurve({ scores: ranking.scores, positives: ranking.truth, negatives });
      // doubles
      expect(area).toBeCloseTo(ranking.auc, 12);
    },
  );
});
