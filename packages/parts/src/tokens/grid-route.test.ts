import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { gridRoute } from './grid-route';

const imageSize = { height: 224, width: 224 };
const grid = createPatchGrid(28, 28);

describe('gridRoute', () => {
  it('leads to 28x28 maps at 224 pixels on each route', () => {
    expect(gridRoute({ route: 'upscale', patchSize: 16, imageSize, grid })).toEqual({
      feed: { height: 448, width: 448 },
      patchStride: 16,
      tokenGrid: grid,
      mapGrid: grid,
      upsampling: 1,
    });
    expect(gridRoute({ route: 'stride', patchSize: 16, imageSize, grid })).toEqual({
      feed: imageSize,
      patchStride: 8,
      tokenGrid: grid,
      mapGrid: grid,
      upsampling: 1,
    });
    expect(gridRoute({ route: 'patch8', patchSize: 8, imageSize, grid })).toMatchObject({
      feed: imageSize,
      patchStride: 8,
      upsampling: 1,
    });
    expect(gridRoute({ route: 'upsample-map', patchSize: 16, imageSize, grid })).toEqual({
      feed: imageSize,
      patchStride: 16,
      tokenGrid: createPatchGrid(14, 14),
      mapGrid: grid,
      upsampling: 2,
    });
  });

  it('knows images that are not square', () => {
    const wide = { patchSize: 14, imageSize: { height: 112, width: 168 }, grid: createPatchGrid(14, 21) };
    expect(gridRoute({ route: 'upscale', ...wide }).feed).toEqual({ height: 196, width: 294 });
    expect(gridRoute({ route: 'stride', ...wide }).patchStride).toBe(8);
    const twice = { ...wide, grid: createPatchGrid(16, 24) };
    expect(gridRoute({ route: 'upsample-map', ...twice }).tokenGrid).toEqual(createPatchGrid(8, 12));
    expect(() => gridRoute({ route: 'stride', ...twice })).toThrow('by an even number, got 7');
  });

  it('knows patches that are not square', () => {
    const wide = {
      patchSize: { height: 8, width: 14 },
      imageSize: { height: 40, width: 42 },
      grid: createPatchGrid(5, 3),
    };
    expect(gridRoute({ route: 'patch8', ...wide })).toMatchObject({ patchStride: wide.patchSize, upsampling: 1 });
    const finer = { ...wide, grid: createPatchGrid(10, 7) };
    expect(gridRoute({ route: 'upscale', ...finer }).feed).toEqual({ height: 80, width: 98 });
    expect(gridRoute({ route: 'stride', ...finer }).patchStride).toEqual({ height: 4, width: 6 });
    const twice = { ...wide, grid: createPatchGrid(10, 6) };
    expect(gridRoute({ route: 'upsample-map', ...twice })).toMatchObject({ upsampling: 2, tokenGrid: wide.grid });
    expect(() => gridRoute({ route: 'patch8', ...finer })).toThrow('patch size must be 4x6, got 8x14; choose another');
  });

  it('says which size does not fit', () => {
    expect(() => gridRoute({ route: 'patch8', patchSize: 16, imageSize, grid })).toThrow(
      "the encoder's patch size must be 8, got 16; choose another size, grid or route",
    );
    expect(() => gridRoute({ route: 'stride', patchSize: 4, imageSize, grid })).toThrow(
      'at most the patch size 4, got 8',
    );
    expect(() => gridRoute({ route: 'stride', patchSize: 16, imageSize: { height: 224, width: 225 }, grid })).toThrow(
      'one stride (28x28), got 224x225',
    );
    expect(() => gridRoute({ route: 'upsample-map', patchSize: 15, imageSize, grid })).toThrow(
      'multiple of the patch size 15',
    );
    expect(() => gridRoute({ route: 'upsample-map', patchSize: 16, imageSize, grid: createPatchGrid(28, 14) })).toThrow(
      'times a whole number (14x14), got 28x14',
    );
    expect(() => gridRoute({ route: 'zoom' as 'stride', patchSize: 16, imageSize, grid })).toThrow('got zoom');
  });
});
