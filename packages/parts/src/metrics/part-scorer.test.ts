import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { adjustedRandIndex } from './adjusted-rand-index';
import { normalizedMutualInformation } from './normalized-mutual-information';
import { type ContingencyTable, partContingency } from './part-contingency';
import { type PartScores, partScorer, type ScoredParts } from './part-scorer';

function scoresOf(labels: ScoredParts): PartScores {
  const scorer = partScorer();
  scorer.add(labels);
  return scorer.scores();
}

function tableOf(predicted: number[], truth: number[]): ContingencyTable {
  const contingency = partContingency();
  contingency.add(predicted, truth);
  return contingency.table();
}

const ari = (predicted: number[], truth: number[]) => adjustedRandIndex(tableOf(predicted, truth));
const nmi = (predicted: number[], truth: number[]) => normalizedMutualInformation(tableOf(predicted, truth));

/** Looks at every pair of samples. */
function slowAri(predicted: number[], truth: number[]): number {
  let [tp, tn, fp, fn] = [0, 0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    for (let j = 0; j < i; j++) {
      const [same, alike] = [truth[i] === truth[j], predicted[i] === predicted[j]];
      if (same && alike) tp++;
      else if (same) fn++;
      else if (alike) fp++;
      else tn++;
    }
  }
  return (2 * (tp * tn - fn * fp)) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
}

/** H(p) + H(t) - H(p, t) from label frequencies. */
function slowNmi(predicted: number[], truth: number[]): number {
  const entropy = (labels: (number | string)[]) =>
    [...new Set(labels)].reduce<number>((sum, label) => {
      const share = labels.filter((other) => other === label).length / labels.length;
      return sum - share * Math.log(share);
    }, 0);
  const [p, t] = [entropy(predicted), entropy(truth)];
  return (2 * (p + t - entropy(predicted.map((label, index) => `${label} ${truth[index]}`)))) / (p + t);
}

describe('adjustedRandIndex', () => {
  it('gives the values of the scikit-learn 1.x manual', () => {
    expect(ari([0, 0, 1, 1], [0, 0, 1, 1])).toBe(1);
    expect(ari([1, 1, 0, 0], [0, 0, 1, 1])).toBe(1);
    // the manual prints 0.57
    expect(ari([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(4 / 7, 15);
    expect(ari([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(4 / 7, 15);
    expect(ari([0, 0, 0, 0], [0, 1, 2, 3])).toBe(0);
    expect(ari([0, 1, 0, 1], [0, 0, 1, 1])).toBe(-0.5);
  });

  it('is null where there are no two samples', () => {
    expect(ari([], [])).toBeNull();
    expect(ari([1], [1])).toBeNull();
  });

  it('is 1 for trivial partitions', () => {
    expect(ari([3, 3, 3], [7, 7, 7])).toBe(1);
    expect(ari([1, 2, 3], [7, 8, 9])).toBe(1);
  });

  it('equals counting all pairs', () => {
    const rng = createRng(1);
    for (let trial = 0; trial < 20; trial++) {
      const truth = Array.from({ length: 61 }, () => rng.integer(5));
      const predicted = truth.map((label) => (rng.uniform() < 0.5 ? label : rng.integer(4)));
      // doubles
      expect(ari(predicted, truth)).toBeCloseTo(slowAri(predicted, truth), 12);
    }
  });

  it('stays exact where pair counts pass 2^53', () => {
    const scaled = (count: number): number | null => {
      const contingency = partContingency();
      for (const [p, t, share] of [
        [0, 0, 2],
        [1, 1, 1],
        [2, 1, 1],
      ] as const)
        contingency.addCount(p, t, share * count);
      return adjustedRandIndex(contingency.table());
    };
    // [0,0,1,2] against [0,0,1,1] repeated: S = C(2n) + 2C(n), and so on; the limit is the ratio of the squares
    const n = 1_000_000_007;
    const exact = (() => {
      const c = (count: bigint) => (count * (count - 1n)) / 2n;
      const [one, two, four] = [c(BigInt(n)), c(2n * BigInt(n)), c(4n * BigInt(n))];
      const [s, a, b] = [two + 2n * one, two + 2n * one, two + two];
      return Number((10n ** 15n * 2n * (s * four - a * b)) / ((a + b) * four - 2n * a * b)) / 1e15;
    })();
    expect(scaled(n)).toBeCloseTo(exact, 14);
    // squares instead of pairs: S = A = 6, B = 8, T = 16
    expect(scaled(n)).toBeCloseTo((2 * (6 * 16 - 48)) / (14 * 16 - 96), 8);
  });
});

describe('normalizedMutualInformation', () => {
  it('gives the values of the scikit-learn 1.x manual', () => {
    expect(nmi([0, 0, 1, 1], [0, 0, 1, 1])).toBe(1);
    expect(nmi([1, 1, 0, 0], [0, 0, 1, 1])).toBe(1);
    expect(nmi([0, 1, 2, 3], [0, 0, 0, 0])).toBe(0);
    // I = log 2, H = log 2 and 1.5 log 2
    expect(nmi([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(0.8, 14);
  });

  it('is null without samples', () => {
    expect(nmi([], [])).toBeNull();
  });

  it('is 1 when both sides have one cluster', () => {
    expect(nmi([3, 3], [5, 5])).toBe(1);
  });

  it('equals the entropies from label frequencies, and has no favorite side', () => {
    const rng = createRng(2);
    for (let trial = 0; trial < 20; trial++) {
      const truth = Array.from({ length: 61 }, () => rng.integer(5));
      const predicted = truth.map((label) => (rng.uniform() < 0.5 ? label : rng.integer(4)));
      // doubles
      expect(nmi(predicted, truth)).toBeCloseTo(slowNmi(predicted, truth), 12);
      expect(nmi(truth, predicted)).toBeCloseTo(nmi(predicted, truth)!, 12);
    }
  });
});

describe('partScorer', () => {
  const truth = [0, 0, 0, 1, 1, 2, 2, 255];
  const predicted = [0, 0, 0, 5, 5, 0, 6, 3];
  const foreground = [5, 5, 6, 5, 5, 6, 6, 3];
  const ignore = 255;

  it('scores everywhere and, without the background class, on the foreground', () => {
    const scores = scoresOf({ predicted, truth, foreground, ignore });
    const counted = (labels: number[]) => labels.slice(0, 7);
    expect(scores.nmi).toBe(nmi(counted(predicted), counted(truth)));
    expect(scores.ari).toBe(ari(counted(predicted), counted(truth)));
    expect([scores.fgNmi, scores.fgAri]).toEqual([1, 1]);
    expect(scoresOf({ predicted, truth, ignore }).fgAri).toBeLessThan(1);
    expect(scoresOf({ predicted, truth, foreground }).fgNmi).toBe(1); // 255 is a part like any other unless it is to be ignored
    expect(scoresOf({ predicted, truth, foreground }).ari).not.toBe(scores.ari);
  });

  it('has no score where nothing can be scored', () => {
    const none = { nmi: null, ari: null, fgNmi: null, fgAri: null };
    expect(partScorer().scores()).toEqual(none);
    expect(scoresOf({ predicted: [1, 2, 2], truth: [255, 255, 255], ignore })).toEqual(none);
    expect(scoresOf({ predicted: [1, 2, 2], truth: [0, 0, 0] })).toMatchObject({ fgNmi: null, fgAri: null, ari: 0 });
  });

  it('punishes part ids that swap between images', () => {
    const scorer = partScorer();
    scorer.add({ predicted: [1, 1, 2, 2], truth: [1, 1, 2, 2] });
    scorer.add({ predicted: [2, 2, 1, 1], truth: [1, 1, 2, 2] });
    expect(scorer.scores().nmi).toBe(0);
  });

  it('compares arrays of one length', () => {
    expect(() => scoresOf({ predicted: [1], truth: [1, 2] })).toThrow('predicted must hold 2 values, got 1');
    expect(() => partContingency().add([0.5], [1])).toThrow('predicted must be an integer of at least 0, got 0.5');
  });
});
