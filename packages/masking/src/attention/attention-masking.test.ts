import { createPatchGrid, createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskFrequency } from '../mask-frequency';
import { ScoreSelector } from '../selection/score-selector';
import { describeMaskingStrategy } from '../testing';
import { type AttentionMaskingOptions, attentionMasking } from './attention-masking';
import { drawHints } from './draw-hints';

describeMaskingStrategy(() => attentionMasking({ mode: 'high' }), { deterministic: true });
describeMaskingStrategy(() => attentionMasking({ mode: 'low' }), { deterministic: true });
describeMaskingStrategy(() => attentionMasking({ mode: 'hint', maskRatio: 0.5, hintPool: 0.4 }), {
  maskedCount: ({ patchCount }) => Math.ceil(patchCount / 2),
});

const grid = createPatchGrid(2, 5);
const rising = Float32Array.from({ length: 10 }, (_, patch) => patch);

function maskedBy(options: AttentionMaskingOptions, attention: Float32Array = rising, seed = 1): number[] {
  return [...attentionMasking(options).sample({ grid, progress: 0, attention }, createRng(seed)).masked];
}

describe('attentionMasking', () => {
  it('hides the most or the least attended patches', () => {
    expect(maskedBy({ mode: 'high', maskedCount: 3 })).toEqual([7, 8, 9]);
    expect(maskedBy({ mode: 'low', maskedCount: 3 })).toEqual([0, 1, 2]);
  });

  it('breaks ties by the lower index, in both directions', () => {
    const equal = new Float32Array(10).fill(0.1);
    expect(maskedBy({ mode: 'high', maskedCount: 4 }, equal)).toEqual([0, 1, 2, 3]);
    expect(maskedBy({ mode: 'low', maskedCount: 4 }, equal)).toEqual([0, 1, 2, 3]);
  });

  it('hides disjoint sets with high and low up to half of the patches, and scores above the visible ones', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 10, maxLength: 10 }),
        fc.integer({ min: 1, max: 5 }),
        (scores, maskedCount) => {
          const attention = Float32Array.from(scores.map((score) => scores.filter((other) => other < score).length));
          const high = maskedBy({ mode: 'high', maskedCount }, attention);
          const low = maskedBy({ mode: 'low', maskedCount }, attention);
          expect(high.filter((patch) => low.includes(patch))).toEqual([]);
          const shown = scores.map((_, patch) => patch).filter((patch) => !high.includes(patch));
          expect(Math.min(...high.map((patch) => attention[patch]!))).toBeGreaterThan(
            Math.max(...shown.map((patch) => attention[patch]!)),
          );
        },
      ),
    );
  });

  it('shows hints from the pool only and hides the most attended of all others', () => {
    // Pool: the 4 most attended, 6 … 9; trunc(0.6 * 4) = 2 hints; 5 hidden of the remaining 8.
    const options: AttentionMaskingOptions = { mode: 'hint', maskedCount: 5, hintPool: 0.4, hintShown: 0.6 };
    for (let seed = 0; seed < 50; seed++) {
      const masked = maskedBy(options, rising, seed);
      const hints = [6, 7, 8, 9].filter((patch) => !masked.includes(patch));
      expect(hints).toHaveLength(2);
      expect(masked).toEqual([3, 4, 5, 6, 7, 8, 9].filter((patch) => !hints.includes(patch)));
    }
  });

  it('shows every patch of the pool equally often', () => {
    const draws = 4000;
    const strategy = attentionMasking({ mode: 'hint', maskedCount: 5, hintPool: 0.4, hintShown: 0.6 });
    const frequency = maskFrequency(strategy, { grid, progress: 0, attention: rising }, { draws, rng: createRng(2) });
    // 2 of 4 shown: 5 standard deviations of a binomial frequency.
    for (const patch of [6, 7, 8, 9])
      expect(Math.abs(frequency[patch]! - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / draws));
  });

  it('is, for any pool and count, the ranking without the hints, cut at the count', () => {
    const score = fc.constantFrom(Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5, 2, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 10, maxLength: 10 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer(),
        (scores, maskedCount, hintPool, hintShown, seed) => {
          const attention = Float32Array.from(scores);
          const poolSize = Math.max(1, Math.trunc(10 * hintPool));
          const hintCount = Math.min(Math.max(1, Math.trunc(poolSize * hintShown)), 10 - maskedCount);
          const hints = new Uint8Array(10);
          const selector = new ScoreSelector();
          selector.look('a test', 'attention', attention);
          drawHints(selector, { poolSize, hintCount }, hints, 1, createRng(seed));
          const ranked = [...scores.keys()].sort(
            (a, b) => Number(scores[b]! > scores[a]!) - Number(scores[b]! < scores[a]!),
          );
          const pool = ranked.slice(0, poolSize);
          expect(hints.reduce((sum, hint) => sum + hint, 0)).toBe(hintCount);
          expect(pool).toEqual(expect.arrayContaining([...hints.keys()].filter((patch) => hints[patch] === 1)));
          const others = ranked.filter((patch) => hints[patch] === 0);
          expect(maskedBy({ mode: 'hint', maskedCount, hintPool, hintShown }, attention, seed)).toEqual(
            others.slice(0, maskedCount).sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  it('always shows one hint, and never more than may stay visible', () => {
    expect(maskedBy({ mode: 'hint', maskedCount: 3 })).toEqual([6, 7, 8]); // pool of one: patch 9
    const masked = maskedBy({ mode: 'hint', maskedCount: 9, hintPool: 0.8, hintShown: 0.9 });
    expect(masked).toHaveLength(9); // trunc(0.9 * 8) = 7 hints would leave only 3 to hide
  });

  it('refuses unknown modes, NaN and attention that counts the class token', () => {
    // @ts-expect-error a mode that callers without types may pass
    expect(() => attentionMasking({ mode: 'top' })).toThrow(/mode must be one of high, hint, low, got top/);
    expect(() =>
      maskedBy(
        {},
        rising.map((score) => (score === 3 ? Number.NaN : score)),
      ),
    ).toThrow(/NaN at patch 3/);
    expect(() => maskedBy({}, new Float32Array(11))).toThrow(/must hold 10 values, got 11; leave the class token out/);
  });

  it('says who makes attention when there is none', () => {
    const sample = () => attentionMasking().sample({ grid, progress: 0 }, createRng(1));
    expect(sample).toThrow(/context\.attention must hold one score per patch, got undefined; @semmae\/vit makes it/);
  });
});
