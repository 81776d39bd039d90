import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { majorityPatchLabels } from './majority-patch-labels';

describe('majorityPatchLabels', () => {
  const pixelLabels = Uint8Array.of(1, 1, 4, 4, 0, 0, 1, 2, 4, 7, 7, 0);

  it('takes the commonest label of each patch, the lowest in a tie', () => {
    const labels = majorityPatchLabels({ pixelLabels, height: 2, width: 6, grid: createPatchGrid(1, 3) });
    expect(Array.from(labels)).toEqual([1, 4, 0]);
    const tied = majorityPatchLabels({
      pixelLabels: Uint8Array.of(9, 3),
      height: 2,
      width: 1,
      grid: createPatchGrid(1, 1),
    });
    expect(Array.from(tied)).toEqual([3]);
  });

  it('marks unclear patches to be ignored', () => {
    const share = { pixelLabels, height: 2, width: 6, grid: createPatchGrid(1, 2), minimumShare: 0.5 };
    expect(Array.from(majorityPatchLabels(share))).toEqual([1, 0]);
    expect(Array.from(majorityPatchLabels({ ...share, minimumShare: 0.51 }))).toEqual([255, 255]);
  });

  it('covers every pixel where the grid does not divide the image', () => {
    const labels = Uint8Array.of(1, 1, 1, 2, 2, 2, 2);
    expect(
      Array.from(majorityPatchLabels({ pixelLabels: labels, height: 1, width: 7, grid: createPatchGrid(1, 2) })),
    ).toEqual([1, 2]);
  });

  it('refuses images smaller than the grid', () => {
    const grid = createPatchGrid(3, 3);
    expect(() => majorityPatchLabels({ pixelLabels, height: 2, width: 6, grid })).toThrow(
      'height must be an integer of at least 3, got 2',
    );
  });
});
