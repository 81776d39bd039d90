// Frozen features of images: what the encoder says without a mask.

import { classAttention, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { stack } from './samples';

export interface Features {
  /** [D] of each image. */
  classTokens: Float32Array[];
  /** [N * D] of each image. */
  patchTokens: Float32Array[];
  /** Class-token attention of the last block, mean over heads, [N] of each image. */
  attention: Float32Array[];
}

const batchSize = 128;

/** Encodes normalised images [size, size, 3] in batches. `onImages` hears how many are done. */
export async function encodeImages(
  encoder: ViTEncoder,
  images: readonly Float32Array[],
  size: number,
  onImages: (done: number) => void = () => {},
): Promise<Features> {
  const features: Features = { classTokens: [], patchTokens: [], attention: [] };
  for (let start = 0; start < images.length; start += batchSize) {
    const batch = images.slice(start, start + batchSize);
    const outputs = tf.tidy(() => {
      const pixels = tf.tensor4d(stack(batch), [batch.length, size, size, 3]);
      const { classToken, patchTokens, attention } = encoder.encode(pixels, { attention: true });
      return [classToken, patchTokens, classAttention(attention!.at(-1)!)];
    });
    const [classTokens, patchTokens, attention] = await Promise.all(outputs.map((output) => output.data()));
    tf.dispose(outputs);
    features.classTokens.push(...rowsOf(classTokens as Float32Array, batch.length));
    features.patchTokens.push(...rowsOf(patchTokens as Float32Array, batch.length));
    features.attention.push(...rowsOf(attention as Float32Array, batch.length));
    onImages(Math.min(start + batchSize, images.length));
  }
  return features;
}

function rowsOf(values: Float32Array, count: number): Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) => values.slice(row * length, (row + 1) * length));
}
