// The foreground of an image, decided before parts are: the share of its patches that most likely show an object.

import { assertOneOf, assertRange, patchSizeText, SemmaeError } from '@semmae/core';
import { mostAttendedPatches } from '@semmae/masking';

import type { EncoderModel } from '../models/encoder-file';
import { type BackgroundChoice, borderSaliency, meanAttention } from '../predictors/encoder-saliency';
import type { FeatureExtractor, ImageFeatures, KeptPatches } from './feature-extractor';
import type { FeatureGeometry } from './feature-geometry';

/** Whether parts are learned or clustered on some patches alone. */
export function keepsSome(keptShare: number | undefined): keptShare is number {
  return keptShare !== undefined && keptShare < 1;
}

/** floor(share N), at least 1. */
export function keptCountOf(keptShare: number, { tokenGrid: { rows, columns } }: FeatureGeometry): number {
  return Math.max(1, Math.floor(rows * columns * keptShare));
}

const saliencyRules = ['otsu', 'border-path', 'border-likeness'] as const satisfies readonly BackgroundChoice[];

/**
 * How `featureExtractor` finds the patches to keep: those with the highest attention of the class token ('otsu'), or the highest
 * saliency by a border rule. Undefined where all are kept. Throws a SemmaeError where the encoder cannot encode some patches alone.
 */
export function keptPatches(
  { encoder }: Pick<EncoderModel, 'encoder'>,
  geometry: FeatureGeometry,
  { keptShare, background }: { keptShare?: number; background: BackgroundChoice },
): ((whole: ImageFeatures) => KeptPatches) | undefined {
  assertKeptShare({ encoder }, geometry, keptShare);
  if (!keepsSome(keptShare)) return undefined;
  assertOneOf('parts', '`background`, which tells the patches to keep,', background, saliencyRules);
  const count = keptCountOf(keptShare, geometry);
  const parts: Pick<FeatureExtractor, 'channels' | 'heads' | 'geometry'> = {
    channels: encoder.width,
    heads: encoder.heads,
    geometry,
  };
  return (whole) => {
    const saliency = borderSaliency(background, whole, parts) ?? meanAttention(whole, parts);
    if (saliency === undefined) {
      throw new SemmaeError({
        where: 'parts',
        requirement: `background ${background} needs the attention of a class token to tell the patches to keep`,
        got: 'an encoder without one',
        remedy: 'choose the background border-path',
      });
    }
    return { patches: mostAttendedPatches(saliency, count), saliency };
  };
}

/** Throws unless the encoder can encode that share of the patches alone. */
export function assertKeptShare(
  { encoder: { patchSize } }: Pick<EncoderModel, 'encoder'>,
  geometry: FeatureGeometry,
  keptShare = 1,
): void {
  assertRange('parts', '`keptShare`', keptShare, 0.01, 1);
  if (keptShare === 1) return;
  const { tokenGrid, mapGrid, patchStride, gridRoute } = geometry;
  const sameGrid = tokenGrid.rows === mapGrid.rows && tokenGrid.columns === mapGrid.columns;
  if (sameGrid && patchSizeText(patchStride) === patchSizeText(patchSize)) return;
  throw new SemmaeError({
    where: 'parts',
    requirement: '`keptShare` below 1 needs one patch of the encoder for each cell of the maps',
    got: `the grid route ${gridRoute}`,
    remedy: 'choose the grid route patch8 or upscale',
  });
}
