// How images get to tokens and maps: sizes, grids, and the way from one to the other.

import {
  assertInteger,
  createPatchGrid,
  type Framing,
  type ImageSize,
  type Interpolation,
  imageNetStatistics,
  type PatchSize,
  type PixelStatistics,
  type Preprocessing,
  patchSides,
  patchSizeText,
  SemmaeError,
} from '@semmae/core';
import type { PixelRules } from '@semmae/data';
import { type GridRouteName, gridRoute } from '@semmae/parts';
import { type PreprocessedModel, preprocessingOf } from '../models/preprocessing-of';

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

/** What goes before the preprocessing of a model. */
export interface PreprocessingOptions {
  /** Size of the images in pixels. Default: that of the model. */
  imageSize?: number | ImageSize;
  /** What the center crop keeps of photographs. Default: that of the model. */
  cropFraction?: number;
  /** How photographs are resized. Default: as those of the model. */
  interpolation?: Interpolation;
}

export interface GeometryOptions extends PreprocessingOptions {
  /** How the encoder gets to the grid. Default 'patch8': one map cell a patch. */
  gridRoute?: GridRouteName;
  /** Grid of the maps. Default: the encoder's at this size; twice as fine on the other routes. */
  grid?: GridSize;
}

/** A resolved geometry, plain JSON. */
export interface FeatureGeometry {
  readonly imageSize: ImageSize;
  /** How photographs come to that size; `Preprocessing`. */
  readonly framing?: Framing;
  /** What pixels of files become, where that is not RGB. */
  readonly pixels?: Pick<PixelRules, 'channels' | 'bands' | 'valueRange'>;
  /** Of the pixels that the encoder sees, where they are not ImageNet's. */
  readonly statistics?: PixelStatistics;
  readonly gridRoute: GridRouteName;
  /** Size of the images that the encoder sees. */
  readonly feed: ImageSize;
  readonly patchStride: PatchSize;
  readonly tokenGrid: GridSize;
  readonly mapGrid: GridSize;
}

/** Throws a SemmaeError when the encoder's patches do not reach the grid at this size. */
export function featureGeometry(model: PreprocessedModel, options: GeometryOptions = {}): FeatureGeometry {
  const { patchSize } = model.encoder;
  const patch = patchSides(patchSize);
  const preprocessing = preprocessingOf(model);
  const imageSize = sidesOf(options.imageSize ?? preprocessing.imageSize);
  const { gridRoute: route = 'patch8' } = options;
  if (route === 'patch8' && !options.grid) assertWholePatches(imageSize, patchSize);
  const finer = route === 'patch8' ? 1 : 2;
  const cells = (side: 'height' | 'width') => Math.max(1, Math.floor(imageSize[side] / patch[side])) * finer;
  const { rows, columns } = options.grid ?? { rows: cells('height'), columns: cells('width') };
  const found = gridRoute({ route, patchSize, imageSize, grid: createPatchGrid(rows, columns) });
  const plain = (size: GridSize) => ({ rows: size.rows, columns: size.columns });
  return {
    imageSize,
    framing: framingFor(preprocessing, options),
    pixels: pixelRulesFor(model.encoder.channels, preprocessing),
    statistics: ownStatistics(preprocessing),
    gridRoute: route,
    feed: found.feed,
    patchStride: found.patchStride,
    tokenGrid: plain(found.tokenGrid),
    mapGrid: plain(found.mapGrid),
  };
}

function assertWholePatches({ height, width }: ImageSize, patchSize: PatchSize): void {
  const patch = patchSides(patchSize);
  if (height % patch.height === 0 && width % patch.width === 0) return;
  const nearest = (side: number, unit: number) => Math.max(1, Math.round(side / unit)) * unit;
  throw new SemmaeError({
    where: '`imageSize`',
    requirement: `must be a multiple of the patch size ${patchSizeText(patchSize)}`,
    got: `${height}x${width}`,
    remedy: `take ${nearest(height, patch.height)}x${nearest(width, patch.width)}`,
  });
}

/** That of the model, unless the options say otherwise. */
function framingFor(
  { framing }: Preprocessing,
  { cropFraction, interpolation }: PreprocessingOptions,
): Framing | undefined {
  if (cropFraction === undefined && interpolation === undefined) return framing;
  const before = framing ?? { cropFraction: 1, interpolation: 'bicubic' as const };
  return {
    ...before,
    ...(cropFraction !== undefined && { cropFraction }),
    ...(interpolation !== undefined && { interpolation }),
  };
}

/** What an encoder of so many channels wants of files; undefined where it wants RGB. */
export function pixelRulesFor(
  channels: number,
  { bands, valueRange }: Pick<PixelRules, 'bands' | 'valueRange'> = {},
): FeatureGeometry['pixels'] {
  if (channels === 3 && bands === undefined && valueRange === undefined) return undefined;
  return { channels, ...(bands && { bands }), ...(valueRange && { valueRange }) };
}

function ownStatistics({ mean, standardDeviation }: PixelStatistics): PixelStatistics | undefined {
  const usual = imageNetStatistics;
  const isUsual = String([mean, standardDeviation]) === String([usual.mean, usual.standardDeviation]);
  return isUsual ? undefined : { mean, standardDeviation };
}

export function sidesOf(size: number | ImageSize): ImageSize {
  const { height, width } = typeof size === 'number' ? { height: size, width: size } : size;
  assertInteger('imageSize', 'height', height);
  assertInteger('imageSize', 'width', width);
  return { height, width };
}
