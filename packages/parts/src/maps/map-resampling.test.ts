import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createPatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { mapResampling } from './map-resampling';

const [from, to] = [createPatchGrid(2, 3), createPatchGrid(4, 9)];

describe('mapResampling', () => {
  it('is bilinear interpolation between patch centers, as image resizing does it', () => {
    const before = tf.memory().numTensors;
    const upsampling = mapResampling(from, to);
    tf.tidy(() => {
      const logits = tf.randomNormal([5, 7, 6], 0, 1, 'float32', 1) as tf.Tensor3D;
      const planes = tf.reshape(tf.transpose(logits, [0, 2, 1]), [5, 2, 3, 7]) as tf.Tensor4D;
      const resized = tf.image.resizeBilinear(planes, [4, 9], false, true); // half-pixel centers
      const expected = tf.transpose(tf.reshape(resized, [5, 36, 7]), [0, 2, 1]);
      const maps = upsampling(logits);
      // float32 sums of four terms
      expect(tf.max(tf.abs(tf.sub(maps, expected))).dataSync()[0]).toBeLessThan(1e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('passes to every token the sum of its weights', () => {
    const upsampling = mapResampling(from, to);
    tf.tidy(() => {
      const sum = (logits: tf.Tensor) => tf.sum(upsampling(logits as tf.Tensor3D)) as tf.Scalar;
      const gradient = tf
        .grad(sum)(tf.zeros([1, 1, 6]))
        .dataSync();
      // by symmetry the columns share 36 / 3 and so do rows: 6 each
      for (const value of gradient) expect(value).toBeCloseTo(6, 5);
    });
  });
});
