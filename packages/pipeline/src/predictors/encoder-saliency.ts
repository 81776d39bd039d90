// What an encoder says about where the object is, and which of it makes the background.

import type { FamilyName } from '@semmae/checkpoints';
import { createPatchGrid } from '@semmae/core';
import {
  type BackgroundRule,
  type BorderSaliencyOptions,
  borderLikenessSaliency,
  borderPathSaliency,
  resamplePartAttention,
} from '@semmae/parts';
import type { FeatureExtractor, ImageFeatures } from '../features/feature-extractor';
import type { FeatureGeometry } from '../features/feature-geometry';
import type { EncoderModel } from '../models/encoder-file';

/** Saliency from patch tokens alone, for encoders whose class token was never trained. Otsu cuts it. */
type BorderRule = 'border-path' | 'border-likeness';

/** A rule of `partMap`, or a saliency of @semmae/parts for Otsu to cut in place of the attention of the class token. */
export type BackgroundChoice = BackgroundRule | BorderRule;

export const backgroundChoices = [
  ...(['otsu', 'mass', 'uniform', 'border-part', 'none'] as const),
  ...(['border-path', 'border-likeness'] as const),
] satisfies readonly BackgroundChoice[];

const saliencies: Record<BorderRule, (options: BorderSaliencyOptions) => Float32Array> = {
  'border-path': borderPathSaliency,
  'border-likeness': borderLikenessSaliency,
};

/** Families whose pre-training looks at patches alone. */
const reconstructing: readonly FamilyName[] = ['mae', 'semmae', 'hf-vit-mae', 'beit', 'hf-beit'];

/** 'otsu', or 'border-path' where there is no class token, or masked reconstruction left it untrained: its attention then says nothing. */
export function defaultBackground(model: Partial<EncoderModel> | undefined): BackgroundChoice {
  const { encoder, provenance, origin } = model ?? {};
  const isUntrained = provenance?.role === 'encoder' || (origin && reconstructing.includes(origin.family));
  return isUntrained || encoder?.prefix.classToken === false ? 'border-path' : 'otsu';
}

/** The rule that cuts, once there is a saliency. */
export function cutRule(choice: BackgroundChoice): BackgroundRule {
  return choice === 'border-path' || choice === 'border-likeness' ? 'otsu' : choice;
}

/** Saliency by a border rule on the grid of the tokens, [N]; undefined where `choice` is none. */
export function borderSaliency(
  choice: BackgroundChoice,
  { patchTokens }: ImageFeatures,
  { channels, geometry: { tokenGrid } }: Pick<FeatureExtractor, 'channels' | 'geometry'>,
): Float32Array | undefined {
  if (choice !== 'border-path' && choice !== 'border-likeness') return undefined;
  const grid = createPatchGrid(tokenGrid.rows, tokenGrid.columns);
  return saliencies[choice]({ tokens: patchTokens, channels, grid });
}

/**
 * Attention of the class token, if there is one, and what Otsu cuts for methods without maps of their own; on the grid of the maps,
 * [N'] each.
 */
export function encoderSaliency(
  choice: BackgroundChoice,
  features: ImageFeatures,
  extractor: Pick<FeatureExtractor, 'heads' | 'channels' | 'geometry'>,
): { attention?: Float32Array; saliency?: Float32Array } {
  const attention = meanAttention(features, extractor);
  const border = borderSaliency(choice, features, extractor);
  const saliency = border === undefined ? attention : onMapGrid(border, extractor.geometry);
  return { ...(attention && { attention }), ...(saliency && { saliency }) };
}

/** Mean over heads on the grid of the maps, [N']; undefined without a class token. */
export function meanAttention(
  { attention }: ImageFeatures,
  { heads, geometry }: Pick<FeatureExtractor, 'heads' | 'geometry'>,
): Float32Array | undefined {
  if (attention === undefined) return undefined;
  const patchCount = attention.length / heads;
  const mean = Float32Array.from({ length: patchCount }, (_, patch) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += attention[head * patchCount + patch]!;
    return sum / heads;
  });
  return onMapGrid(mean, geometry);
}

/** [N] -> [N'] */
export function onMapGrid(saliency: Float32Array, { tokenGrid, mapGrid }: FeatureGeometry): Float32Array {
  if (tokenGrid.rows === mapGrid.rows && tokenGrid.columns === mapGrid.columns) return saliency;
  const fromGrid = createPatchGrid(tokenGrid.rows, tokenGrid.columns);
  const toGrid = createPatchGrid(mapGrid.rows, mapGrid.columns);
  return resamplePartAttention({ attention: saliency, partCount: 1, fromGrid, toGrid });
}
