// From images to the embedded patches of a ViT, positions not yet added.

import type { PatchSize } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { gatherPatches } from './gather-patches';
import { linear } from './linear';
import { overlappingPatches } from './overlapping-patches';
import type { ReadWeight, WeightPlan } from './seeded-layer';
import { uniform, xavierUniform } from './tensor/initial-values';

export interface PatchEmbedding {
  readonly patchSize: PatchSize;
  readonly patchStride: PatchSize;
  /** Whether there is a weight `patch_embed.proj.bias`. */
  readonly patchBias: boolean;
}

export interface PatchChoice {
  visible?: tf.Tensor2D;
  hidden?: tf.Tensor2D;
}

/** `images` [B, H, W, C] → [B, K, D], the patches that `visible` names and those that are `hidden` [B, K] replaced by `masked_embed`. */
export function embedPatches(
  images: tf.Tensor4D,
  { patchSize, patchStride, patchBias }: PatchEmbedding,
  weight: ReadWeight,
  { visible, hidden }: PatchChoice,
): tf.Tensor3D {
  const patches = overlappingPatches(images, patchSize, patchStride); // [B, N, p·p·C]
  const [batchSize, allCount, valuesPerPatch] = patches.shape;
  const count = visible ? visible.shape[1] : allCount;
  const rows = visible
    ? gatherPatches(patches, visible)
    : tf.reshape<tf.Rank.R2>(patches, [batchSize * count, valuesPerPatch]); // [B·K, p·p·C]
  const bias = patchBias ? weight<tf.Tensor1D>('patch_embed.proj.bias') : undefined;
  const embedded = linear(rows, weight('patch_embed.proj.kernel'), bias); // [B·K, D]
  const shown = hidden ? replaced(embedded, hidden, weight('masked_embed')) : embedded;
  return tf.reshape(shown, [batchSize, count, shown.shape[1]]);
}

/** `embedded` [R, D] where `hidden` (R values) is 0, `substitute` [1, D] where it is 1. */
function replaced(embedded: tf.Tensor2D, hidden: tf.Tensor2D, substitute: tf.Tensor2D): tf.Tensor2D {
  const isHidden = tf.reshape(tf.cast(hidden, 'float32'), [embedded.shape[0], 1]);
  return tf.add(tf.mul(embedded, tf.sub(1, isHidden)), tf.mul(isHidden, substitute));
}

export function patchEmbeddingWeights(pixels: number, width: number, patchBias: boolean): WeightPlan[] {
  return [
    { name: 'patch_embed.proj.kernel', shape: [pixels, width], values: xavierUniform },
    // MAE leaves this bias at its convolution's default, U(±1/sqrt(fan in)).
    ...(patchBias ? [{ name: 'patch_embed.proj.bias', shape: [width], values: uniform(pixels ** -0.5) }] : []),
  ];
}
