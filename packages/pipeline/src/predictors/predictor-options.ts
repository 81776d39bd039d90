// What predictors are made from.

import { createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';

import type { SizedForm } from '../batches/open-data';
import { featureGeometry, type GeometryOptions, sidesOf } from '../features/feature-geometry';
import type { TokenPreparationChoice, TokenSource } from '../features/token-choices';
import type { EncoderModel } from '../models/encoder-file';
import type { PartsModel } from '../models/parts-file';
import type { StageOptions } from '../runs/stage-options';
import type { BackgroundChoice } from './encoder-saliency';
import type { PartMethod } from './part-predictor';

/** The preparation of tokens is that of 'k-means'; 'learned' has that of its parts. */
export interface PredictorOptions extends GeometryOptions, StageOptions, TokenPreparationChoice {
  method: PartMethod;
  /** Needed by 'learned', 'attention-heads' and 'k-means'; gives the others their background. */
  encoder?: EncoderModel;
  /** Needed by 'learned'. Its geometry goes before the options'. */
  parts?: PartsModel;
  /** Images that 'k-means' and 'color' fit their clusters on, and 'ground-truth' counts its parts on. */
  training?: ImageDataset;
  /** Default 6. 'learned', 'attention-heads' and 'ground-truth' have their own. */
  partCount?: number;
  /**
   * Default: `defaultBackground` of the encoder. Methods without maps of their own know 'otsu' on the attention of the class token,
   * 'border-path', 'border-likeness' and 'none'.
   */
  background?: BackgroundChoice;
  /** Smooths the argmax by the majority of each 3x3 neighborhood ('learned', 'attention-heads'). Default false. */
  smooth?: boolean;
  /** Connected areas of fewer patches are filled from around them ('learned', 'attention-heads'). Default 1. */
  smallestArea?: number;
  /** Tokens that 'k-means' clusters, and that a border rule reads for 'color', 'grid' and 'random'. Default 'output'. */
  tokens?: TokenSource;
  /** Of 'random', 'k-means' and 'color'. Default 0. */
  seed?: number;
}

/** With the background that was chosen, or that suits the encoder. */
export type ResolvedOptions = PredictorOptions & { background: BackgroundChoice };

/** The encoder that a method cannot do without. */
export function neededEncoder({ method, encoder }: PredictorOptions): EncoderModel {
  if (encoder !== undefined) return encoder;
  throw new SemmaeError({
    where: `parts, method ${method}`,
    requirement: 'the method needs an encoder',
    got: 'none',
    remedy: 'pass `encoder`, a model of `semmae pretrain`',
  });
}

/** What `smooth` and `smallestArea` did, for the settings of a shard: '' or ', smoothed, areas of 3'. */
export function finishText({ smooth = false, smallestArea = 1 }: PredictorOptions): string {
  return `${smooth ? ', smoothed' : ''}${smallestArea > 1 ? `, areas of ${smallestArea}` : ''}`;
}

/** The background of a shard whose parts were found on kept patches alone: 'border-path, 0.25 kept'. */
export function keptText(background: BackgroundChoice, { keptShare }: TokenPreparationChoice): string {
  return `${background}, ${keptShare} kept`;
}

/** Images and the grid of maps where no features are needed: the encoder's geometry, or the options'. */
export function plainGeometry(options: PredictorOptions): SizedForm & { grid: PatchGrid } {
  const { encoder, parts, grid, imageSize } = options;
  const known = parts?.config.geometry ?? (encoder && featureGeometry(encoder, options));
  if (known !== undefined) {
    const { imageSize: size, framing, pixels } = known;
    return { imageSize: size, framing, pixels, grid: createPatchGrid(known.mapGrid.rows, known.mapGrid.columns) };
  }
  if (grid !== undefined && imageSize !== undefined) {
    return { imageSize: sidesOf(imageSize), grid: createPatchGrid(grid.rows, grid.columns) };
  }
  throw new SemmaeError({
    where: `parts, method ${options.method}`,
    requirement: 'without an encoder the size of the images and the grid must be given',
    got: grid === undefined ? 'no grid' : 'no size',
    remedy: 'pass `imageSize` and `grid`, or `encoder`',
  });
}
