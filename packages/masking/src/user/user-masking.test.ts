import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { sampleBatch } from '../sample-batch';
import { describeMaskingStrategy } from '../testing';
import { visibleCount } from '../visible-count';
import { type UserMaskingOptions, type UserPatches, userMasking } from './user-masking';

const grid = createPatchGrid(2, 3);
const context = { grid, progress: 0 };

describeMaskingStrategy(() => userMasking([true, false, true, false, true, false]), {
  title: 'user, a fixed mask',
  maskedCount: () => 3,
  deterministic: true,
  grids: [grid],
});
describeMaskingStrategy(
  () => userMasking(({ grid }, rng) => Float32Array.from({ length: grid.patchCount }, () => rng.uniform())),
  { title: 'user, a score function' },
);
describeMaskingStrategy(
  () =>
    userMasking(
      ({ grid, attention }) =>
        Uint8Array.from({ length: grid.patchCount }, (_, patch) => (attention![patch]! > 0.5 ? 1 : 0)),
      {
        name: 'threshold',
        guidance: 'attention',
        maskRatio: 0.6,
        wrongCount: 'fix',
      },
    ),
  {
    maskedCount: ({ patchCount }) => patchCount - visibleCount(patchCount, 0.6),
    deterministic: true, // where the threshold hits the count, nothing is left to draw
  },
);
describeMaskingStrategy(
  () =>
    userMasking(({ parts }) => Float32Array.from(parts!, (part) => -part), { name: 'part by part', guidance: 'parts' }),
  { deterministic: true },
);

function maskedBy(source: UserPatches, options?: UserMaskingOptions): number[] {
  return [...userMasking(source, options).sample(context, createRng(1)).masked];
}

describe('userMasking', () => {
  it('hides what is true or 1', () => {
    expect(maskedBy([false, true, false, false, true, false])).toEqual([1, 4]);
    expect(maskedBy(Uint8Array.of(0, 1, 0, 0, 1, 0))).toEqual([1, 4]);
  });

  it('hides the highest scores, lower index first among equals', () => {
    expect(maskedBy(Float32Array.of(0.1, 0.9, 0.5, 0.5, 0.2, 0.5), { maskedCount: 3 })).toEqual([1, 2, 3]);
    expect(maskedBy(Float32Array.of(0, 1, 2, 3, 4, 5))).toEqual([1, 2, 3, 4, 5]); // 0.75 of 6 keeps trunc(1.5) = 1
  });

  it('leaves the mask it was given as it was', () => {
    const mask = Uint8Array.of(1, 0, 0, 0, 0, 0);
    expect(maskedBy(mask, { maskedCount: 4, wrongCount: 'fix' })).toHaveLength(4);
    expect([...mask]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('keeps as much of a wrong mask as the count allows', () => {
    expect(maskedBy([true, true, false, false, false, false], { maskedCount: 4, wrongCount: 'fix' })).toEqual(
      expect.arrayContaining([0, 1]),
    );
    const trimmed = maskedBy([true, true, true, true, false, false], { maskedCount: 2, wrongCount: 'fix' });
    expect(trimmed.every((patch) => patch < 4)).toBe(true);
  });

  it('takes masks of different counts as they are, for batches that pad', () => {
    const strategy = userMasking(({ progress }) =>
      Uint8Array.from({ length: 6 }, (_, patch) => +(patch < progress * 6)),
    );
    const contexts = [0.5, 0.2].map((progress) => ({ grid, progress }));
    const batch = sampleBatch(strategy, contexts, createRng(1), { padding: true });
    expect([...batch.maskedCounts]).toEqual([3, 2]);
    expect(() => sampleBatch(strategy, contexts, createRng(1))).toThrow(/as many patches as the first/);
  });

  it('refuses another word for what happens to a wrong count', () => {
    expect(() => userMasking([true, false], { wrongCount: 'ignore' as 'fix' })).toThrow(
      'userMasking: wrongCount must be one of throw, fix, got',
    );
  });

  it.each<[string, UserPatches, UserMaskingOptions, RegExp]>([
    ['another length', [true, false], {}, /the mask or scores must hold 6 values, got 2; give one value per patch/],
    [
      'another count',
      [true, false, false, false, false, false],
      { maskedCount: 2 },
      /must hide 2 of 6 patches, got 1; .*'fix'/,
    ],
    ['nothing masked', new Uint8Array(6), {}, /hide some of 6 patches and leave some visible, got 0 masked/],
    ['everything masked', new Uint8Array(6).fill(1), {}, /got 6 masked/],
    ['ids for a mask', Uint8Array.of(0, 1, 2, 0, 0, 0), {}, /booleans, or 0 and 1 .* got 2 at patch 2; pass scores as/],
    ['NaN scores', Float32Array.of(0, 1, Number.NaN, 3, 4, 5), {}, /scores must be numbers, got NaN at patch 2/],
  ])('refuses %s', (_, source, options, message) => {
    expect(() => maskedBy(source, options)).toThrow(message);
  });
});
