import { describe, expect, it } from 'vitest';

import { createPatchGrid, patchGridOfImage } from './patch-grid';

describe('patchGridOfImage', () => {
  it('divides rectangular images', () => {
    expect(patchGridOfImage({ height: 35, width: 77, patchSize: 7 })).toEqual({ rows: 5, columns: 11, patchCount: 55 });
  });

  it('divides images into patches that are not square', () => {
    const patchSize = { height: 3, width: 7 };
    expect(patchGridOfImage({ height: 15, width: 77, patchSize })).toEqual({ rows: 5, columns: 11, patchCount: 55 });
    expect(() => patchGridOfImage({ height: 77, width: 15, patchSize })).toThrow(
      'patches of 3x7 pixels must divide both sides of the image, got 77x15; resize to 78x14 or choose another patch size',
    );
    const missing = { height: 3, width: 0.5 };
    expect(() => patchGridOfImage({ height: 15, width: 77, patchSize: missing })).toThrow(
      'patchSize must be an integer of at least 1, got 0.5',
    );
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
