import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { extractFeatures } from './extract-features';

function* batches() {
  for (const [first, count] of [
    [0, 3],
    [3, 3],
    [6, 1],
  ] as const) {
    const labels = Array.from({ length: count }, (_, row) => first + row);
    yield {
      images: tf.tidy(() =>
        tf.mul<tf.Tensor4D>(tf.ones([count, 2, 2, 3]), tf.reshape(tf.tensor1d(labels), [count, 1, 1, 1])),
      ),
      labels,
    };
  }
}

const encode = (images: tf.Tensor4D) => tf.mean(images, [1, 2]) as tf.Tensor2D;

describe('extractFeatures', () => {
  it('joins the batches in order, the smaller last one too, and frees every tensor', async () => {
    const before = tf.memory().numTensors;
    const { features, labels, width } = await extractFeatures({ encode, batches: batches() });
    expect(width).toBe(3);
    expect(Array.from(labels)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Array.from(features)).toEqual([0, 1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value]));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses an encoder that returns all tokens', async () => {
    const pixels = (images: tf.Tensor4D) => tf.reshape(images, [-1, 3]) as tf.Tensor2D;
    await expect(extractFeatures({ encode: pixels, batches: batches() })).rejects.toThrow(
      'encode(images) must have shape [3, any], got [12, 3]',
    );
  });
});
