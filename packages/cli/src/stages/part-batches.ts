// The batch of a step of part learning, a pure function of the step.

import { createRng, SemmaeError } from '@semmae/core';
import { applyView, epochOrder, fullView } from '@semmae/data';
import { drawStylePerturbation, type PartBatch, type StylePerturbationOptions } from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { ImageFeatures } from '../features/feature-extractor';
import type { FeatureRequest, FeatureStore } from '../features/feature-store';
import { meanToken } from '../features/mean-token';
import type { ClassTokenSource } from '../model-files/parts-file';

export interface PartBatchesOptions extends StylePerturbationOptions {
  features: FeatureStore;
  classTokenSource: ClassTokenSource;
  /** Of the source 'shared', [C]. */
  query?: Float32Array;
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
  const { data, channels } = features;
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
      images: tf.tensor4d(stack(await Promise.all(picks.map(redrawn))), [batchSize, output.height, output.width, 3]),
      ...drawStylePerturbation({ batchSize, channels, styleNoise, styleDropout, rng: rng.split('style', step) }),
    };
    if (!withMirrored) return batch;
    const other = await features.get(picks.map(({ index, mirrored }) => ({ index, mirrored: !mirrored })));
    const { classToken, queryToken, patchTokens: mirroredPatchTokens } = tokens(other);
    if (queryToken !== undefined) classToken.dispose(); // no mirror image is redrawn
    return { ...batch, mirroredClassToken: queryToken ?? classToken, mirroredPatchTokens };
  };
}

/** Normalised images at the decoder's size; kept where the features are kept, which take far more. */
function targets(
  { data, cached }: Pick<FeatureStore, 'data' | 'cached'>,
  output: { height: number; width: number },
): (request: FeatureRequest) => Promise<Float32Array> {
  const kept = new Map<string, Float32Array>();
  return async ({ index, mirrored }) => {
    const key = `${index} ${mirrored}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const image = await data.get(index);
    const pixels = applyView(image, { ...fullView(image), flip: mirrored }, output);
    if (cached) kept.set(key, pixels);
    return pixels;
  };
}

/** [B] features to F_c [B, C], F [B, N, C] and the query of each image [B, C], where it is not F_c. */
export function tokenTensors({
  features: { channels },
  classTokenSource,
  query,
}: {
  features: Pick<FeatureStore, 'channels'>;
  classTokenSource: ClassTokenSource;
  query?: Float32Array;
}): (features: readonly ImageFeatures[]) => Pick<PartBatch, 'classToken' | 'queryToken' | 'patchTokens'> {
  if (classTokenSource === 'shared' && query === undefined) {
    const requirement = "the class token source 'shared' needs its query";
    throw new SemmaeError({ where: 'parts', requirement, got: 'none', remedy: 'load the parts with loadParts' });
  }
  return (features) => {
    const styles = features.map(({ classToken, patchTokens }) =>
      classTokenSource === 'class' ? classToken : meanToken(patchTokens, channels),
    );
    const shape: [number, number] = [features.length, channels];
    const patchCount = features[0]!.patchTokens.length / channels;
    return {
      classToken: tf.tensor2d(stack(styles), shape),
      ...(query && { queryToken: tf.tensor2d(stack(features.map(() => query)), shape) }),
      patchTokens: tf.tensor3d(stack(features.map(({ patchTokens }) => patchTokens)), [
        features.length,
        patchCount,
        channels,
      ]),
    };
  };
}

/** Lays equally long rows end to end. */
function stack(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const stacked = new Float32Array(rows.length * length);
  for (const [index, row] of rows.entries()) stacked.set(row, index * length);
  return stacked;
}
