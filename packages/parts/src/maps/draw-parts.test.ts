import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { drawParts } from './draw-parts';

const grid = createPatchGrid(4, 6);
/** Two maps with single loud patches that a vote after the argmax would weigh like any other. */
const attention = Float32Array.of(
  ...[9, 1, 2, 2, 0, 0, 1, 1, 2, 2, 0, 0, 3, 3, 0, 0, 1, 1, 3, 3, 0, 0, 1, 1],
  ...[2, 2, 1, 1, 0, 0, 2, 2, 1, 1, 0, 0, 0, 0, 8, 0, 2, 2, 0, 0, 0, 0, 2, 2],
).map((value) => value / 100);
const options = { attention, partCount: 2, grid, toGrid: createPatchGrid(2, 3) };

describe('drawParts', () => {
  it('averages 2x2 cells before the argmax, then cuts and keeps', () => {
    const { parts, saliency, grid: drawn, kept } = drawParts({ ...options, keep: 0.5, background: 'uniform' });
    expect(drawn.patchCount).toBe(6);
    // means of part 1: 3 2 0 3 0 1, of part 2: 2 1 0 0 2 2; by vote the first cell would be part 2. Their mean is 16 / 12
    expect(Array.from(parts)).toEqual([1, 1, 0, 1, 2, 2]);
    // sums 5 3 0 3 2 3, scaled to a mean of 2: the ties go to the lower index
    const expected = [5, 3, 0, 3, 2, 3].map((sum) => (sum * 12) / 16);
    saliency.forEach((score, patch) => {
      expect(score).toBeCloseTo(expected[patch]!, 5); // float32
    });
    expect(kept).toEqual({ patches: Int32Array.of(0, 1, 3), parts: Uint8Array.of(1, 1, 1) });
  });

  it('keeps floor(N / 4): 196 of 784', () => {
    const large = createPatchGrid(28, 28);
    const maps = Float32Array.from({ length: 2 * 784 }, (_, index) => (index * 7919) % 1009);
    const { kept, saliency, parts } = drawParts({ attention: maps, partCount: 2, grid: large, keep: 0.25 });
    expect(kept.patches).toHaveLength(196);
    const least = Math.min(...Array.from(kept.patches, (patch) => saliency[patch]!));
    expect(saliency.filter((score) => score > least).length).toBeLessThan(196);
    kept.patches.forEach((patch, position) => {
      if (position > 0) expect(patch).toBeGreaterThan(kept.patches[position - 1]!);
      expect(kept.parts[position]).toBe(parts[patch]);
    });
  });

  it('resamples the saliency it is given, and keeps everything by default', () => {
    const saliency = Float32Array.from({ length: 24 }, (_, patch) => (patch % 6 < 2 ? 4 : 0));
    const result = drawParts({ ...options, saliency, softmaxAxis: 'parts' });
    expect(Array.from(result.saliency)).toEqual([4, 0, 0, 4, 0, 0]);
    expect(Array.from(result.parts)).toEqual([1, 0, 0, 1, 0, 0]);
    expect(Array.from(result.kept.patches)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('refuses to rank patches by maps that sum to 1 everywhere', () => {
    expect(() => drawParts({ ...options, softmaxAxis: 'parts' })).toThrow('need saliency for the Otsu cut');
    expect(() => drawParts({ ...options, softmaxAxis: 'parts', background: 'none', keep: 0.5 })).toThrow(
      'need saliency',
    );
    expect(drawParts({ ...options, softmaxAxis: 'parts', background: 'none' }).parts).toHaveLength(6);
    expect(() => drawParts({ ...options, keep: 0 })).toThrow('keep must be between');
    expect(() => drawParts({ ...options, saliency: new Float32Array(6) })).toThrow(
      'saliency must hold 24 values, got 6',
    );
  });
});
