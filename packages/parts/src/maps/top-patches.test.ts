import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { topPatches } from './top-patches';

describe('topPatches', () => {
  it('keeps exactly a quarter, in grid order', () => {
    const rng = createRng(1);
    const saliency = Float32Array.from({ length: 784 }, rng.normal);
    const kept = topPatches(saliency);
    expect(kept).toHaveLength(196);
    expect(Array.from(kept)).toEqual(Array.from(kept).sort((a, b) => a - b));
    const lowest = Math.min(...Array.from(kept, (patch) => saliency[patch]!));
    expect(saliency.filter((score) => score > lowest)).toHaveLength(195);
  });

  it('rounds down and takes the first of equals', () => {
    expect(Array.from(topPatches(Float32Array.of(1, 2, 2, 2, 0, 5, 1), 0.5))).toEqual([1, 2, 5]);
    expect(Array.from(topPatches(Float32Array.of(3, 3), 1))).toEqual([0, 1]);
    expect(() => topPatches(Float32Array.of(1), 1.5)).toThrow('fraction must be between 0 and 1, got 1.5');
  });
});
