import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { keptPartMap } from './kept-part-map';

describe('keptPartMap', () => {
  it('leaves the rest as background, or gives it the nearest part', () => {
    const { parts, foreground } = keptPartMap(Uint8Array.of(2, 1, 3), Int32Array.of(0, 4, 13), createPatchGrid(3, 5));
    expect(Array.from(parts)).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0]);
    // the patch in the middle of the first row is as far from part 2 as from part 1
    expect(Array.from(foreground)).toEqual([2, 2, 2, 1, 1, 2, 2, 3, 3, 1, 2, 3, 3, 3, 3]);
    expect(() => keptPartMap(Uint8Array.of(1), Int32Array.of(0, 1), createPatchGrid(3, 5))).toThrow(
      'keptPartMap: labels must hold 2 values, got 1',
    );
  });
});
