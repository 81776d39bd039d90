// How images get to tokens and maps: sizes, grids, and the way from one to the other.

import { assertInteger, createPatchGrid, type PatchSize, patchSides } from '@semmae/core';
import { type GridRouteName, gridRoute } from '@semmae/parts';
import type { ViTEncoder } from '@semmae/vit';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

export interface GeometryOptions {
  /** Size of the images in pixels. Default: that of the encoder's configuration. */
  imageSize?: number | ImageSize;
  /** How the encoder gets to the grid. Default 'patch8': one map cell a patch. */
  gridRoute?: GridRouteName;
  /** Grid of the maps. Default: the encoder's at this size; twice as fine on the other routes. */
  grid?: GridSize;
}

/** A resolved geometry, plain JSON. */
export interface FeatureGeometry {
  readonly imageSize: ImageSize;
  readonly gridRoute: GridRouteName;
  /** Size of the images that the encoder sees. */
  readonly feed: ImageSize;
  readonly patchStride: PatchSize;
  readonly tokenGrid: GridSize;
  readonly mapGrid: GridSize;
}

/** Throws a SemmaeError when the encoder's patches do not reach the grid at this size. */
export function featureGeometry(encoder: ViTEncoder, options: GeometryOptions = {}): FeatureGeometry {
  const { patchSize } = encoder;
  const patch = patchSides(patchSize);
  const imageSize = sidesOf(options.imageSize ?? encoder.imageSize);
  const { gridRoute: route = 'patch8' } = options;
  const finer = route === 'patch8' ? 1 : 2;
  const cells = (side: 'height' | 'width') => Math.max(1, Math.floor(imageSize[side] / patch[side])) * finer;
  const { rows, columns } = options.grid ?? { rows: cells('height'), columns: cells('width') };
  const found = gridRoute({ route, patchSize, imageSize, grid: createPatchGrid(rows, columns) });
  const plain = (size: GridSize) => ({ rows: size.rows, columns: size.columns });
  return {
    imageSize,
    gridRoute: route,
    feed: found.feed,
    patchStride: found.patchStride,
    tokenGrid: plain(found.tokenGrid),
    mapGrid: plain(found.mapGrid),
  };
}

export function sidesOf(size: number | ImageSize): ImageSize {
  const { height, width } = typeof size === 'number' ? { height: size, width: size } : size;
  assertInteger('imageSize', 'height', height);
  assertInteger('imageSize', 'width', width);
  return { height, width };
}
