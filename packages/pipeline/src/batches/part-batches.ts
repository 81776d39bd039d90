// The batch of a step of part learning, a pure function of the step.

import { createRng, stackRows } from '@semmae/core';
import { applyView, epochOrder, fullView, nextReadable } from '@semmae/data';
import {
  drawStylePerturbation,
  type PartBatch,
  type StylePerturbationOptions,
  type TokenPreparation,
} from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { ImageFeatures, KeptPatches } from '../features/feature-extractor';
import type { FeatureRequest, FeatureStore } from '../features/feature-store';
import { meanToken } from '../features/mean-token';
import { preparedPatches } from '../features/prepare-tokens';
import type { ClassTokenSource } from '../models/parts-file';

export interface PartBatchesOptions extends StylePerturbationOptions {
  features: FeatureStore;
  preparation: TokenPreparation;
  classTokenSource: ClassTokenSource;
  /** Whether to add the tokens of the mirror images. */
  withMirrored: boolean;
  /** What the decoder redraws, in pixels. */
  output: { height: number; width: number };
  /** At most the number of images. */
  batchSize: number;
  seed: number;
}

/** Images in the order of `epochOrder`, each mirrored by a coin toss: the one augmentation that features computed once allow. */
export function partBatches(options: PartBatchesOptions): (step: number) => Promise<PartBatch> {
  const { features, withMirrored, output, batchSize, seed, styleNoise, styleDropout } = options;
  const { data } = features;
  const imageChannels = features.encoder.encoder.channels;
  const { channels } = options.preparation;
  const rng = createRng(seed).split('part batches');
  const stepsPerEpoch = Math.floor(data.length / batchSize);
  const tokens = tokenTensors(options);
  const redrawn = targets(features, output);

  return async (step) => {
    const [epoch, place] = [Math.floor(step / stepsPerEpoch), (step % stepsPerEpoch) * batchSize];
    const picks = Array.from(epochOrder(rng, epoch, data.length).subarray(place, place + batchSize), (index) => ({
      index,
      mirrored: rng.split('flip', epoch, index).uniform() < 0.5,
    }));
    const plain = await features.get(picks);
    const batch: PartBatch = {
      ...tokens(plain),
      images: tf.tensor4d(stackRows(await Promise.all(picks.map(redrawn))), [
        batchSize,
        output.height,
        output.width,
        imageChannels,
      ]),
      ...drawStylePerturbation({ batchSize, channels, styleNoise, styleDropout, rng: rng.split('style', step) }),
    };
    if (!withMirrored) return batch;
    const other = await features.get(picks.map(({ index, mirrored }) => ({ index, mirrored: !mirrored })));
    const { classToken, queryToken, patchTokens: mirroredPatchTokens, places: mirroredPlaces } = tokens(other);
    if (queryToken !== undefined) classToken.dispose(); // no mirror image is redrawn
    return {
      ...batch,
      ...{ mirroredClassToken: queryToken ?? classToken, mirroredPatchTokens },
      ...(mirroredPlaces && { mirroredPlaces }),
    };
  };
}

/** Normalized images at the decoder's size; kept where the features are kept, which take far more. */
function targets(
  { data, cached, encoder, geometry }: Pick<FeatureStore, 'data' | 'cached' | 'encoder' | 'geometry'>,
  output: { height: number; width: number },
): (request: FeatureRequest) => Promise<Float32Array> {
  const kept = new Map<string, Float32Array>();
  const statistics = encoder.encoder.channels === 3 ? undefined : geometry.statistics;
  return async ({ index, mirrored }) => {
    const key = `${index} ${mirrored}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const { image } = await nextReadable(data, index);
    const pixels = applyView(image, { ...fullView(image), flip: mirrored }, { ...output, statistics });
    if (cached) kept.set(key, pixels);
    return pixels;
  };
}

/**
 * [B] features, prepared, to F_c [B, C'], F [B, N, C'] and the query of each image [B, C'], where it is not F_c. Of kept patches F is
 * [B, K, C'], and `places` [B, K, N] says which they are.
 */
export function tokenTensors({
  preparation,
  classTokenSource,
}: {
  preparation: TokenPreparation;
  classTokenSource: ClassTokenSource;
}): (features: readonly ImageFeatures[]) => Pick<PartBatch, 'classToken' | 'queryToken' | 'patchTokens' | 'places'> {
  const { channels } = preparation;
  return (features) => {
    const patches = features.map((one) => preparedPatches(preparation, one));
    const styles = features.map(({ classToken }, place) =>
      classTokenSource === 'class' ? preparation.image(classToken) : meanToken(patches[place]!, channels),
    );
    const shape: [number, number] = [features.length, channels];
    return {
      classToken: tf.tensor2d(stackRows(styles), shape),
      ...(classTokenSource === 'shared' && { queryToken: tf.ones<tf.Rank.R2>(shape) }),
      patchTokens: tf.tensor3d(stackRows(patches), [features.length, patches[0]!.length / channels, channels]),
      ...(features[0]!.kept && { places: placesOf(features.map(({ kept }) => kept!)) }),
    };
  };
}

/** [B, K, N], one-hot. */
function placesOf(kept: readonly KeptPatches[]): tf.Tensor3D {
  const [keptCount, patchCount] = [kept[0]!.patches.length, kept[0]!.saliency.length];
  const places = new Float32Array(kept.length * keptCount * patchCount);
  for (const [image, { patches }] of kept.entries()) {
    for (const [place, patch] of patches.entries()) places[(image * keptCount + place) * patchCount + patch] = 1;
  }
  return tf.tensor3d(places, [kept.length, keptCount, patchCount]);
}
