import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { attentionHeadParts } from '../baselines/attention-head-parts';
import { partMap } from './part-map';

const grid = createPatchGrid(2, 5);
/** Two maps of sum 1: the object is the last two columns, upper row part 1, lower row part 2. */
const attention = Float32Array.of(
  ...[0.03, 0.02, 0.02, 0.4, 0.35, 0.02, 0.02, 0.02, 0.06, 0.06],
  ...[0.02, 0.03, 0.02, 0.05, 0.08, 0.02, 0.02, 0.02, 0.4, 0.34],
);
const object = [0, 0, 0, 1, 1, 0, 0, 0, 2, 2];

describe('partMap', () => {
  it.each(['otsu', 'mass', 'uniform'] as const)('separates parts and background by %s', (background) => {
    expect(Array.from(partMap({ attention, partCount: 2, grid, background }).parts)).toEqual(object);
  });

  it('gives every patch a part without a background rule, ties to the lowest id', () => {
    const { parts } = partMap({ attention, partCount: 2, grid, background: 'none' });
    expect(Array.from(parts)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('scales saliency so that an average patch has P, whatever the level of the maps', () => {
    const { saliency } = partMap({ attention, partCount: 2, grid });
    const halved = partMap({ attention: attention.map((value) => value / 2), partCount: 2, grid });
    // float32 sums
    expect(saliency.reduce((sum, value) => sum + value, 0) / 10).toBeCloseTo(2, 5);
    expect(saliency[3]).toBeCloseTo(0.45 * 10, 5);
    expect(halved.saliency[3]).toBeCloseTo(4.5, 5);
    expect(halved.parts).toEqual(partMap({ attention, partCount: 2, grid }).parts);
  });

  it('takes the saliency it is given', () => {
    const saliency = Float32Array.of(9, 9, 0, 0, 0, 0, 0, 0, 0, 9);
    const result = partMap({ attention, partCount: 2, grid, saliency });
    expect(Array.from(result.parts)).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(result.saliency).toBe(saliency);
  });

  it('smooths single patches away when asked', () => {
    const { parts } = partMap({ attention, partCount: 2, grid, background: 'none', smooth: true });
    expect(Array.from(parts)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  });

  it('takes the parts that hold the border for background when asked', () => {
    const wide = createPatchGrid(4, 5);
    const maps = (labels: string, partCount: number) =>
      Float32Array.from({ length: partCount * 20 }, (_, index) =>
        Number(labels[index % 20]) === Math.floor(index / 20) ? 0.9 : 0.1 / (partCount - 1),
      );
    const parts = (labels: string, partCount: number) =>
      partMap({ attention: maps(labels, partCount), partCount, grid: wide, background: 'border-part' }).parts.join('');
    // the object touches the border, and the surrounding part has a patch inside
    expect(parts('00000022000210000010', 3)).toBe('00000033000320000020');
    // sky and ground: neither has more than half of the border
    expect(parts('00000002101122111111', 3)).toBe('00000003000033000000');
  });

  it('finds no background in flat saliency, whatever its rounding', () => {
    const flat = Float32Array.from({ length: 10 }, (_, patch) => 2 + 1e-6 * (patch % 3));
    expect(Array.from(partMap({ attention, partCount: 2, grid, saliency: flat }).parts)).not.toContain(0);
  });

  it('fills areas that are too small', () => {
    const saliency = Float32Array.of(9, 0, 0, 9, 9, 0, 0, 0, 9, 9);
    const parts = (smallestArea: number) =>
      Array.from(partMap({ attention, partCount: 2, grid, saliency, smallestArea }).parts);
    expect(parts(1)).toEqual([1, 0, 0, 1, 1, 0, 0, 0, 2, 2]);
    expect(parts(2)).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 2, 2]);
  });

  it('refuses maps of another grid', () => {
    expect(() => partMap({ attention, partCount: 3, grid })).toThrow('attention must hold 30 values, got 20');
    expect(() => partMap({ attention, partCount: 2, grid, background: 'median' as 'otsu' })).toThrow('got median');
  });
});

describe('attentionHeadParts', () => {
  it('compares heads by their share of the patches, not by what the class token kept', () => {
    const loud = attention.map((value, index) => (index < 10 ? 0.1 * value : value));
    expect(Array.from(attentionHeadParts({ attention: loud, headCount: 2, grid }).parts)).toEqual(object);
    expect(loud[3]).toBeCloseTo(0.04, 7); // the input is left alone
  });
});
