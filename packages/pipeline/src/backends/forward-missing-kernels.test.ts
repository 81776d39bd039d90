import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { forwardMissingKernels } from './forward-missing-kernels';

async function filterGradient(backend: string): Promise<Float32Array> {
  await tf.setBackend(backend);
  const rng = createRng(4);
  const normals = (length: number) => Float32Array.from({ length }, rng.normal);
  const gradient = tf.tidy(() => {
    const images = tf.tensor4d(normals(2 * 5 * 7 * 3), [2, 5, 7, 3]);
    const filter = tf.tensor4d(normals(3 * 3 * 3 * 2), [3, 3, 3, 2]);
    return tf.grad((kernel) => tf.sum(tf.square(tf.conv2d(images, kernel as tf.Tensor4D, 1, 'same'))))(filter);
  });
  const values = (await gradient.data()) as Float32Array;
  gradient.dispose();
  return values;
}

describe('forwardMissingKernels', () => {
  beforeAll(() => tf.setBackend('wasm'));

  it('gives the wasm backend the filter gradient that it lacks, and leaks nothing', async () => {
    await expect(filterGradient('wasm')).rejects.toThrow(/not registered for backend 'wasm'/);
    forwardMissingKernels('wasm', 'cpu');
    const expected = await filterGradient('cpu');
    const before = tf.memory().numTensors;
    const lent = await filterGradient('wasm');
    expect(tf.memory().numTensors).toBe(before);
    // Sums of some seventy float32 products of size ten.
    for (const [index, value] of lent.entries()) expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-3);
  });
});
