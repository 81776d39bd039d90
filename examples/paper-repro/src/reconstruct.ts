// What a trained model makes of hidden patches, for the report.

import { createRng, type PatchGrid } from '@semmae/core';
import {
  applyView,
  fullView,
  type ImageDataset,
  imageNetMean,
  imageNetStandardDeviation,
  type LabeledImage,
} from '@semmae/data';
import { maskBatch, type PatchMask, randomMasking } from '@semmae/masking';
import { type Picture, pixelPicture, reconstructionPicture, restorePatchStatistics } from '@semmae/report';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { maskRatio } from './presets';

export interface MaskedExample {
  image: LabeledImage;
  mask: PatchMask;
}

/** Examples under the random masks that every model gets. */
export async function exampleMasks(
  images: ImageDataset,
  examples: readonly number[],
  grid: PatchGrid,
): Promise<MaskedExample[]> {
  const masking = randomMasking({ maskRatio });
  return Promise.all(
    examples.map(async (index) => ({
      image: await images.get(index),
      mask: masking.sample({ grid, progress: 1 }, createRng(0).split('example', index)),
    })),
  );
}

/** Predicted pixels pasted into the visible ones; each predicted patch takes mean and variance from the original. */
export async function reconstruct(
  { encoder, decoder }: { encoder: ViTEncoder; decoder?: MAEDecoder },
  { image, mask }: MaskedExample,
): Promise<Picture> {
  const { grid } = encoder;
  const { height, width } = image;
  const pixels = applyView(image, fullView(image), { height, width });
  const { visible, masked, visibleCount, maskedCount } = maskBatch([mask]);
  const output = tf.tidy(() => {
    const visibleIndices = tf.tensor2d(visible, [1, visibleCount], 'int32');
    const tokens = encoder.apply([tf.tensor4d(pixels, [1, height, width, 3]), visibleIndices]) as tf.Tensor3D;
    return decoder!.apply([tokens, visibleIndices, tf.tensor2d(masked, [1, maskedCount], 'int32')]) as tf.Tensor3D;
  });
  const predictions = (await output.data()) as Float32Array;
  output.dispose();
  const patches = restorePatchStatistics({ height, width, grid, pixels, masked, predictions });
  const colors = { mean: imageNetMean, std: imageNetStandardDeviation };
  return reconstructionPicture({ image: pixelPicture(image), grid, masked, patches, ...colors });
}
