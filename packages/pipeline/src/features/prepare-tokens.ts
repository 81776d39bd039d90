// Tokens as the parts see them: what a configuration does to the tokens of its encoder.

import { createPatchGrid, SemmaeError } from '@semmae/core';
import { type TokenPreparation, type TokenScaling, tokenPreparation, tokenScaling } from '@semmae/parts';

import type { StageOptions } from '../runs/stage-options';
import type { FeatureExtractor, ImageFeatures } from './feature-extractor';
import type { FeatureStore } from './feature-store';
import { imageBatches } from './image-batches';
import type { TokenPreparationChoice } from './token-choices';

/** `scaling`: the statistics of the training images, where the choice standardizes. */
export function prepareTokens(
  { standardize = false, placeWeight, placeFrame }: TokenPreparationChoice,
  { channels, geometry: { tokenGrid } }: Pick<FeatureExtractor, 'channels' | 'geometry'>,
  scaling: TokenScaling | undefined,
): TokenPreparation {
  const grid = createPatchGrid(tokenGrid.rows, tokenGrid.columns);
  const places = { channels, grid, placeWeight, placeFrame };
  if (!standardize) return tokenPreparation(places);
  if (scaling !== undefined) return tokenPreparation({ ...places, scaling });
  throw new SemmaeError({
    where: 'parts',
    requirement: 'standardized tokens need their mean and deviation',
    got: 'none',
    remedy: 'load the parts with loadParts',
  });
}

/** Of all patches of an image, or of those kept. */
export function preparedPatches(preparation: TokenPreparation, { patchTokens, kept }: ImageFeatures): Float32Array {
  return kept === undefined ? preparation.patches(patchTokens) : preparation.keptPatches(patchTokens, kept.patches);
}

/** Mean and deviation over all readable images of the store and their mirror images. */
export function scalingOf(
  features: FeatureStore,
  { signal, onProgress }: Pick<StageOptions, 'signal' | 'onProgress'> = {},
): Promise<TokenScaling> {
  const { data, channels } = features;
  async function* patchTokens() {
    for await (const batch of imageBatches(data, { title: 'Averaging tokens', signal, onProgress })) {
      for (const mirrored of [false, true]) {
        for (const image of await features.get(batch.map(({ index }) => ({ index, mirrored }))))
          yield image.patchTokens;
      }
    }
  }
  return tokenScaling(patchTokens(), channels);
}
