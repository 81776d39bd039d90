// What predictors are made from.

import { createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import { type BackgroundRule, resamplePartAttention } from '@semmae/parts';
import type { Compile } from '@semmae/train';

import { type FeatureExtractor, featureExtractor, type ImageFeatures } from '../features/feature-extractor';
import { type FeatureGeometry, featureGeometry, type GeometryOptions, sidesOf } from '../features/feature-geometry';
import type { TokenPreparationChoice, TokenSource } from '../features/token-choices';
import type { EncoderModel } from '../model-files/encoder-file';
import type { PartsModel } from '../model-files/parts-file';
import type { StageOptions } from '../stage-options';
import type { PartMethod } from './part-predictor';

/** The preparation of tokens is that of 'k-means'; 'learned' has that of its parts. */
export interface PredictorOptions extends GeometryOptions, StageOptions, TokenPreparationChoice {
  method: PartMethod;
  /** Needed by 'learned', 'attention-heads' and 'k-means'; gives the others the background of its attention. */
  encoder?: EncoderModel;
  /** Needed by 'learned'. Its geometry goes before the options'. */
  parts?: PartsModel;
  /** Images that 'k-means' and 'colour' fit their clusters on, and 'ground-truth' counts its parts on. */
  training?: ImageDataset;
  /** Default 6. 'learned', 'attention-heads' and 'ground-truth' have their own. */
  partCount?: number;
  /** Default 'otsu'. Methods without maps of their own know 'otsu' and 'none'. */
  background?: BackgroundRule;
  /** Smooths the argmax by the majority of each 3x3 neighbourhood ('learned', 'attention-heads'). Default false. */
  smooth?: boolean;
  /** Connected areas of fewer patches are filled from around them ('learned', 'attention-heads'). Default 1. */
  smallestArea?: number;
  /** Tokens that 'k-means' clusters. Default 'output'. */
  tokens?: TokenSource;
  /** Of 'random', 'k-means' and 'colour'. Default 0. */
  seed?: number;
}

/** The encoder that a method cannot do without. */
export function neededEncoder({ method, encoder }: PredictorOptions): EncoderModel {
  if (encoder !== undefined) return encoder;
  throw new SemmaeError({
    where: `parts, method ${method}`,
    requirement: 'the method needs an encoder',
    got: 'none',
    remedy: 'pass --encoder, a file of `encoder train`',
  });
}

/** What `smooth` and `smallestArea` did, for the settings of a shard: '' or ', smoothed, areas of 3'. */
export function finishText({ smooth = false, smallestArea = 1 }: PredictorOptions): string {
  return `${smooth ? ', smoothed' : ''}${smallestArea > 1 ? `, areas of ${smallestArea}` : ''}`;
}

/** The grid of maps where no features are needed: the encoder's geometry, or the options'. */
export function plainGeometry(options: PredictorOptions): { imageSize: FeatureGeometry['imageSize']; grid: PatchGrid } {
  const { encoder, parts, grid, imageSize } = options;
  const known = parts?.config.geometry ?? (encoder && featureGeometry(encoder.encoder, options));
  if (known !== undefined) {
    return { imageSize: known.imageSize, grid: createPatchGrid(known.mapGrid.rows, known.mapGrid.columns) };
  }
  if (grid !== undefined && imageSize !== undefined) {
    return { imageSize: sidesOf(imageSize), grid: createPatchGrid(grid.rows, grid.columns) };
  }
  throw new SemmaeError({
    where: `parts, method ${options.method}`,
    requirement: 'without an encoder the size of the images and the grid must be given',
    got: grid === undefined ? 'no grid' : 'no size',
    remedy: 'pass --image-size and --grid, or --encoder',
  });
}

/** Attention of the class token on the grid of the maps. */
export interface AttentionSource {
  /** Mean over heads, [N] of each image. */
  attention(images: Parameters<FeatureExtractor['encode']>[0], mirrored: boolean): Promise<Float32Array[]>;
  dispose(): void;
}

export function attentionSource(
  { encoder }: Pick<EncoderModel, 'encoder'>,
  geometry: FeatureGeometry,
  compile?: Compile,
): AttentionSource {
  const extractor = featureExtractor({ encoder, geometry, attention: true, compile });
  return {
    attention: async (images, mirrored) =>
      (await extractor.encode(images, mirrored)).map((features) => meanAttention(features, extractor)),
    dispose: extractor.dispose,
  };
}

/** Mean over heads on the grid of the maps, [N']. */
export function meanAttention(
  { attention }: ImageFeatures,
  { heads, geometry }: Pick<FeatureExtractor, 'heads' | 'geometry'>,
): Float32Array {
  const patchCount = attention!.length / heads;
  const mean = Float32Array.from({ length: patchCount }, (_, patch) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += attention![head * patchCount + patch]!;
    return sum / heads;
  });
  const { tokenGrid, mapGrid } = geometry;
  if (tokenGrid.rows === mapGrid.rows && tokenGrid.columns === mapGrid.columns) return mean;
  const fromGrid = createPatchGrid(tokenGrid.rows, tokenGrid.columns);
  const toGrid = createPatchGrid(mapGrid.rows, mapGrid.columns);
  return resamplePartAttention({ attention: mean, partCount: 1, fromGrid, toGrid });
}
