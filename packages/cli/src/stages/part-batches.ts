// The batch of a step of part learning, a pure function of the step.

import { createRng } from '@semmae/core';
import { applyView, epochOrder, fullView } from '@semmae/data';
import { drawStylePerturbation, type PartBatch, type StylePerturbationOptions } from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { ImageFeatures } from '../features/feature-extractor';
import type { FeatureStore } from '../features/feature-store';
import { meanToken } from '../features/mean-token';
import type { ClassTokenSource } from '../model-files/parts-file';

export interface PartBatchesOptions extends StylePerturbationOptions {
  features: FeatureStore;
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
  const { data, channels } = features;
  const rng = createRng(seed).split('part batches');
  const stepsPerEpoch = Math.floor(data.length / batchSize);
  const tokens = tokenTensors(options);

  return async (step) => {
    const [epoch, place] = [Math.floor(step / stepsPerEpoch), (step % stepsPerEpoch) * batchSize];
    const picks = Array.from(epochOrder(rng, epoch, data.length).subarray(place, place + batchSize), (index) => ({
      index,
      mirrored: rng.split('flip', epoch, index).uniform() < 0.5,
    }));
    const plain = await features.get(picks);
    const batch: PartBatch = {
      ...tokens(plain),
      images: tf.tensor4d(await targets(), [batchSize, output.height, output.width, 3]),
      ...drawStylePerturbation({ batchSize, channels, styleNoise, styleDropout, rng: rng.split('style', step) }),
    };
    if (!withMirrored) return batch;
    const other = await features.get(picks.map(({ index, mirrored }) => ({ index, mirrored: !mirrored })));
    const { classToken: mirroredClassToken, patchTokens: mirroredPatchTokens } = tokens(other);
    return { ...batch, mirroredClassToken, mirroredPatchTokens };

    async function targets(): Promise<Float32Array> {
      const size = output.height * output.width * 3;
      const pixels = new Float32Array(batchSize * size);
      for (const [row, { index, mirrored }] of picks.entries()) {
        const image = await data.get(index);
        const view = { ...fullView(image), flip: mirrored };
        applyView(image, view, { ...output, into: pixels.subarray(row * size, (row + 1) * size) });
      }
      return pixels;
    }
  };
}

/** [B] features to F_c [B, C] and F [B, N, C]. */
export function tokenTensors({
  features: { channels },
  classTokenSource,
}: {
  features: Pick<FeatureStore, 'channels'>;
  classTokenSource: ClassTokenSource;
}): (features: readonly ImageFeatures[]) => { classToken: tf.Tensor2D; patchTokens: tf.Tensor3D } {
  return (features) => {
    const styles = features.map(({ classToken, patchTokens }) =>
      classTokenSource === 'class' ? classToken : meanToken(patchTokens, channels),
    );
    const patchCount = features[0]!.patchTokens.length / channels;
    return {
      classToken: tf.tensor2d(stack(styles), [features.length, channels]),
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
