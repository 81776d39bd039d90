// What a trained model makes of hidden patches, for the report.

import { imageNetMean, imageNetStandardDeviation } from '@semmae/data';
import { maskBatch, type PatchMask } from '@semmae/masking';
import { type Picture, reconstructionPicture, restorePatchStatistics } from '@semmae/report';
import * as tf from '@tensorflow/tfjs-core';

import type { MAEModel } from '../models';

export interface ReconstructionInput {
  picture: Picture;
  /** The same image, normalized [size, size, 3]. */
  pixels: Float32Array;
  mask: PatchMask;
}

/** Predicted pixels pasted into the visible ones; each predicted patch takes mean and variance from the original. */
export async function reconstruct(
  { encoder, decoder }: MAEModel,
  { picture, pixels, mask }: ReconstructionInput,
): Promise<Picture> {
  const { grid } = encoder;
  const { height, width } = picture;
  const { visible, masked, visibleCount, maskedCount } = maskBatch([mask]);
  const output = tf.tidy(() => {
    const visibleIndices = tf.tensor2d(visible, [1, visibleCount], 'int32');
    const tokens = encoder.apply([tf.tensor4d(pixels, [1, height, width, 3]), visibleIndices]) as tf.Tensor3D;
    return decoder.apply([tokens, visibleIndices, tf.tensor2d(masked, [1, maskedCount], 'int32')]) as tf.Tensor3D;
  });
  const predictions = (await output.data()) as Float32Array;
  output.dispose();
  const patches = restorePatchStatistics({ height, width, grid, pixels, masked, predictions });
  return reconstructionPicture({
    image: picture,
    grid,
    masked,
    patches,
    mean: imageNetMean,
    std: imageNetStandardDeviation,
  });
}
