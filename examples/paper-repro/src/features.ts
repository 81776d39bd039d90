// Frozen features of images: what the encoder says without a mask.

import { stackRows } from '@semmae/core';
import { classAttention, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

export interface Features {
  /** Mean of the patch tokens, [D] of each image. */
  meanTokens: Float32Array[];
  /** [N * D] of each image. */
  patchTokens: Float32Array[];
  /** Class-token attention of the last block, mean over heads, [N] of each image. */
  attention: Float32Array[];
}

const batchSize = 128;

/** Encodes normalized images [size, size, 3] in batches. `onImages` hears how many are done. */
export async function encodeImages(
  encoder: ViTEncoder,
  images: readonly Float32Array[],
  size: number,
  onImages: (done: number) => void = () => {},
): Promise<Features> {
  const [meanTokens, patchTokens, attention] = await inBatches(images, size, onImages, (pixels) => {
    const encoding = encoder.encode(pixels, { attention: true });
    return [tf.mean(encoding.patchTokens, 1), encoding.patchTokens, classAttention(encoding.attention!.at(-1)!)];
  });
  return { meanTokens: meanTokens!, patchTokens: patchTokens!, attention: attention! };
}

/** What probes read: the class token followed by the mean of the patch tokens, [2 * D] of each image. */
export async function probeFeatures(
  encoder: ViTEncoder,
  images: readonly Float32Array[],
  size: number,
): Promise<Float32Array[]> {
  const [features] = await inBatches(
    images,
    size,
    () => {},
    (pixels) => {
      const { classToken, patchTokens } = encoder.encode(pixels);
      return [tf.concat([classToken, tf.mean<tf.Tensor2D>(patchTokens, 1)], 1)];
    },
  );
  return features!;
}

/** Runs `outputs` over batches of images and cuts each output into one row an image. */
async function inBatches(
  images: readonly Float32Array[],
  size: number,
  onImages: (done: number) => void,
  outputs: (pixels: tf.Tensor4D) => tf.Tensor[],
): Promise<Float32Array[][]> {
  const rows: Float32Array[][] = [];
  for (let start = 0; start < images.length; start += batchSize) {
    const batch = images.slice(start, start + batchSize);
    const tensors = tf.tidy(() => outputs(tf.tensor4d(stackRows(batch), [batch.length, size, size, 3])));
    const values = await Promise.all(tensors.map((tensor) => tensor.data()));
    tf.dispose(tensors);
    for (const [index, value] of values.entries()) {
      rows[index] ??= [];
      rows[index].push(...rowsOf(value as Float32Array, batch.length));
    }
    onImages(Math.min(start + batchSize, images.length));
  }
  return rows;
}

function rowsOf(values: Float32Array, count: number): Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) => values.slice(row * length, (row + 1) * length));
}
