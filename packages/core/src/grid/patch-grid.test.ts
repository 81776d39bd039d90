import { describe, expect, it } from 'vitest';

import { createPatchGrid, patchGridOfImage } from './patch-grid';

describe('patchGridOfImage', () => {
  it('divides rectangular images', () => {
    expect(patchGridOfImage({ height: 35, width: 77, patchSize: 7 })).toEqual({ rows: 5, columns: 11, patchCount: 55 });
  });

  it('names both sides and a size that fits when the patch size does not divide them', () => {
    expect(() => patchGridOfImage({ height: 64, width: 100, patchSize: 16 })).toThrow(
      'patchGridOfImage: patches of 16 pixels must divide both sides of the image, got 64x100; resize to 64x96 or choose another patch size',
    );
  });
});

describe('createPatchGrid', () => {
  it('refuses empty grids', () => {
    expect(() => createPatchGrid(0, 3)).toThrow('createPatchGrid: rows must be an integer of at least 1, got 0');
  });
});
