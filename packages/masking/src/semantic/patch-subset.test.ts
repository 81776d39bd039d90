import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { sampleBatch } from '../sample-batch';
import { gridPatches, mostAttendedPatches, subsetContext } from './patch-subset';
import { semanticMasking } from './semantic-masking';

describe('mostAttendedPatches', () => {
  it('lists the highest in ascending order, lower index first among equals', () => {
    const attention = Float32Array.of(0.3, 0.9, 0.5, 0.5, 0.1, 0.5, 0.7);
    expect([...mostAttendedPatches(attention, 3)]).toEqual([1, 2, 6]);
    expect([...mostAttendedPatches(attention, 4)]).toEqual([1, 2, 3, 6]);
    expect([...mostAttendedPatches(attention, 7)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('refuses counts that there are not, and NaN', () => {
    expect(() => mostAttendedPatches(new Float32Array(5), 6)).toThrow('count must be between 1 and 5, got 6');
    expect(() => mostAttendedPatches(new Float32Array(5), 0)).toThrow(/count must be an integer of at least 1, got 0/);
    expect(() => mostAttendedPatches(Float32Array.of(1, Number.NaN), 1)).toThrow(
      /attention must be numbers, got NaN at/,
    );
  });
});

describe('masking inside a subset', () => {
  const grid = createPatchGrid(28, 28);
  const rng = createRng(1);
  const contexts = Array.from({ length: 3 }, () => ({
    grid,
    progress: 1,
    attention: Float32Array.from({ length: 784 }, () => rng.uniform()),
    parts: Uint8Array.from({ length: 784 }, () => rng.integer(7)),
  }));
  const kept = contexts.map(({ attention }) => mostAttendedPatches(attention, 196));

  it.each([false, true])('masks 147 of the 196 and leaves 49 of the 784, faithful: %s', (faithful) => {
    const inside = contexts.map((context, image) => subsetContext(context, kept[image]!));
    const batch = sampleBatch(semanticMasking({ maskRatio: 0.75, faithful }), inside, createRng(2));
    expect(batch).toMatchObject({ patchCount: 196, visibleCount: 49, maskedCount: 147 });
    const [visible, masked] = [gridPatches(batch.visible, kept), gridPatches(batch.masked, kept)];
    contexts.forEach((context, image) => {
      const seen = [...visible.subarray(image * 49, (image + 1) * 49)];
      const hidden = [...masked.subarray(image * 147, (image + 1) * 147)];
      expect([...seen, ...hidden].sort((a, b) => a - b)).toEqual([...kept[image]!]);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      // α = 1: whole parts of what was kept, at most one of them cut.
      const both = new Set(seen.map((patch) => context.parts[patch]!));
      const cut = new Set(hidden.map((patch) => context.parts[patch]!).filter((part) => both.has(part)));
      expect(cut.size).toBeLessThanOrEqual(1);
    });
  });

  it('brings along what strategies look at, patch by patch', () => {
    const [context] = contexts;
    const inside = subsetContext(context!, [783, 5, 28]);
    expect(inside.grid).toEqual(createPatchGrid(1, 3));
    expect(inside.progress).toBe(1);
    expect([...inside.attention!]).toEqual([783, 5, 28].map((patch) => context!.attention[patch]));
    expect([...inside.parts!]).toEqual([783, 5, 28].map((patch) => context!.parts[patch]));
    expect(subsetContext({ grid, progress: 0 }, [3])).toEqual({ grid: createPatchGrid(1, 1), progress: 0 });
  });

  it('refuses patches and places that there are not', () => {
    const [context] = contexts;
    expect(() => subsetContext(context!, [784])).toThrow(
      'subsetContext: kept must hold indices from 0 to 783, got 784',
    );
    expect(() => subsetContext(context!, [3, 5, 3])).toThrow(
      'subsetContext: kept must hold each patch once, got patch 3 twice',
    );
    expect(() => subsetContext({ ...context!, parts: new Uint8Array(5) }, [3])).toThrow(/context\.parts must hold 784/);
    expect(() => gridPatches([0, 3], [[5, 6, 7]])).toThrow('gridPatches: places must hold indices from 0 to 2, got 3');
    expect(() => gridPatches([0, 1, 2], [[5], [6]])).toThrow(/rows of equal length for 2 lists of kept patches, got 3/);
    expect([
      ...gridPatches(
        [0, 2, 1, 2],
        [
          [5, 6, 7],
          [8, 9, 10],
        ],
      ),
    ]).toEqual([5, 7, 9, 10]);
  });
});
