// The batch of a step of part learning, a pure function of the step.

import { createRng, stackRows } from '@semmae/core';
import { viewLoader } from '@semmae/data';
import {
  drawStylePerturbation,
  type PartBatch,
  type StylePerturbationOptions,
  type TokenPreparation,
} from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { ImageFeatures, KeptPatches } from '../features/feature-extractor';
import type { FeatureStore } from '../features/feature-store';
import { meanToken } from '../features/mean-token';
import { preparedPatches } from '../features/prepare-tokens';
import type { ClassTokenSource } from '../models/parts-file';
import type { Batches, LoadingOptions } from './batches';

export interface PartBatchesOptions extends StylePerturbationOptions, LoadingOptions {
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
export function partBatches(options: PartBatchesOptions): Omit<Batches<PartBatch>, 'batch'> & {
  batch(step: number): Promise<PartBatch>;
} {
  const { features, withMirrored, output, batchSize, seed, styleNoise, styleDropout, workers, onWarning } = options;
  const { channels } = options.preparation;
  const { encoder, geometry } = features;
  const imageChannels = encoder.encoder.channels;
  const rng = createRng(seed).split('part batches');
  const tokens = tokenTensors(options);
  const loader = viewLoader({
    ...{ data: features.data, batchSize, rng, stream: 'flip', workers, onWarning },
    statistics: imageChannels === 3 ? undefined : geometry.statistics,
    recipe: {
      ...{ globalSize: [output.height, output.width], globalCount: 1, localCount: 0, globalScale: 'whole' },
      ...{ jitter: false, grayscale: false, blur: false, solarize: false },
    },
    ...(!features.cached && { cacheBytes: 0 }), // the features, which do not fit, take far more
  });

  async function batch(step: number): Promise<PartBatch> {
    const { batchesPerEpoch } = loader;
    const { images, globals } = await loader.batch(Math.floor(step / batchesPerEpoch), step % batchesPerEpoch);
    const picks = images.map(({ index, views: [view] }) => ({ index, mirrored: view!.flip }));
    const plain = await features.get(picks);
    const drawn: PartBatch = {
      ...tokens(plain),
      images: tf.tensor4d(globals, [batchSize, output.height, output.width, imageChannels]),
      ...drawStylePerturbation({ batchSize, channels, styleNoise, styleDropout, rng: rng.split('style', step) }),
    };
    if (!withMirrored) return drawn;
    const other = await features.get(picks.map(({ index, mirrored }) => ({ index, mirrored: !mirrored })));
    const { classToken, queryToken, patchTokens: mirroredPatchTokens, places: mirroredPlaces } = tokens(other);
    if (queryToken !== undefined) classToken.dispose(); // no mirror image is redrawn
    return {
      ...drawn,
      ...{ mirroredClassToken: queryToken ?? classToken, mirroredPatchTokens },
      ...(mirroredPlaces && { mirroredPlaces }),
    };
  }
  return { batch, waitedSeconds: loader.waitedSeconds, close: loader.close };
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
