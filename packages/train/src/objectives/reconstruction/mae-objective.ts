// Masked reconstruction: the loss of MAE and, with semantic masks, of SemMAE.

import { assertShape, type PatchSize, SemmaeError } from '@semmae/core';
import { type MAEDecoder, patchify, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from '../../step/objective';
import type { MaskedImageBatch } from './masked-image-batch';

export interface MAEObjectiveOptions {
  encoder: ViTEncoder;
  decoder: MAEDecoder;
  /**
   * Predict each patch standardized by its own mean and variance (the better features, Table 1d of MAE) or the pixels as
   * they are (the better pictures). Default true.
   */
  normalizePixels?: boolean;
}

/** Keeps flat patches from dividing by zero; added to the variance of a patch, MAE's published setting. */
const varianceFloor = 1e-6;

/** Weights of encoders for other tasks, which have no part in reconstruction: they stay as they are. */
const unused = /^masked_embed$|^fc_norm\./;

/**
 * Mean squared error over the masked patches of the batch; visible patches carry no loss.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export function maeObjective({
  encoder,
  decoder,
  normalizePixels = true,
}: MAEObjectiveOptions): Objective<MaskedImageBatch> {
  return {
    name: normalizePixels ? 'mae' : 'mae-raw-pixels',
    variables() {
      const none = null; // sizes that differ from call to call
      if (!decoder.built)
        decoder.build([
          [none, none, encoder.width],
          [none, none],
          [none, none],
        ]);
      const trained = encoder.variables(); // builds it
      const idle = [...encoder.namedVariables()].filter(([name]) => unused.test(name)).map(([, variable]) => variable);
      return [...trained.filter((variable) => !idle.includes(variable)), ...decoder.variables()];
    },
    loss({ images, visible, masked }) {
      const tokens = encoder.apply([images, visible]) as tf.Tensor3D; // [B, 1+K, D]
      const predicted = decoder.apply([tokens, visible, masked]) as tf.Tensor3D; // [B, M, p·p·C]
      const target = reconstructionTarget({ images, masked, patchSize: encoder.patchSize, normalizePixels });
      return { loss: tf.mean(tf.squaredDifference(predicted, target)) };
    },
  };
}

/**
 * What the decoder shall predict: [B, M, p·p·C], pixels of a patch in (row, column, channel) order, for the
 * patches of `masked` [B, M] in its order. With `normalizePixels`, (t - mean) / √(var + 1e-6) with the unbiased variance
 * (divided by P - 1) of the patch, as the published models were trained.
 */
export function reconstructionTarget({
  images,
  masked,
  patchSize,
  normalizePixels,
}: {
  images: tf.Tensor4D;
  masked: tf.Tensor2D;
  patchSize: PatchSize;
  normalizePixels: boolean;
}): tf.Tensor3D {
  assertShape('maeObjective', 'masked', masked.shape, [images.shape[0], null], 'one row of patch indices per image');
  if (masked.dtype !== 'int32') {
    throw new SemmaeError({
      where: 'maeObjective',
      requirement: 'masked must be int32',
      got: masked.dtype,
      remedy: "make it with tf.tensor2d(values, shape, 'int32')",
    });
  }
  return tf.tidy(() => {
    const pixels = gatherMasked(patchify(images, patchSize), masked); // [B, M, p·p·C]
    if (!normalizePixels) return pixels;
    const centered = tf.sub(pixels, tf.mean(pixels, -1, true)); // [B, M, p·p·C]
    const variance = tf.div(tf.sum(tf.square(centered), -1, true), pixels.shape[2] - 1); // [B, M, 1]
    return tf.mul(centered, tf.rsqrt(tf.add(variance, varianceFloor)));
  });
}

/** One gather over the flattened batch, which every backend has, in place of a batched one. */
function gatherMasked(patches: tf.Tensor3D, masked: tf.Tensor2D): tf.Tensor3D {
  const [batchSize, patchCount, values] = patches.shape;
  const firstRows = tf.tensor2d(
    Int32Array.from({ length: batchSize }, (_, image) => image * patchCount),
    [batchSize, 1],
    'int32',
  );
  return tf.gather<tf.Tensor>(
    tf.reshape(patches, [batchSize * patchCount, values]),
    tf.add<tf.Tensor2D>(masked, firstRows),
  ) as tf.Tensor3D;
}
