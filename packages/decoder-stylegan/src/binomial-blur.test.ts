import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { binomialBlur } from './binomial-blur';

describe('binomialBlur', () => {
  it('spreads a pixel as the outer product of [1, 2, 1] / 4, in its own channel only', () => {
    tf.tidy(() => {
      const impulse = tf.buffer([1, 3, 5, 2], 'float32');
      impulse.set(16, 0, 1, 2, 1);
      const blurred = binomialBlur(impulse.toTensor() as tf.Tensor4D);
      const channel = (index: number) => Array.from(tf.slice(blurred, [0, 0, 0, index], [1, 3, 5, 1]).dataSync());
      expect(channel(0)).toEqual(new Array(15).fill(0));
      expect(channel(1)).toEqual([0, 1, 2, 1, 0, 0, 2, 4, 2, 0, 0, 1, 2, 1, 0]);
    });
  });

  it('has the gradient of the plain depthwise convolution', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const images = tf.randomNormal([2, 5, 7, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
      const upstream = tf.randomNormal(images.shape, 0, 1, 'float32', 2);
      const outer = tf.tensor4d([1, 2, 1, 2, 4, 2, 1, 2, 1], [3, 3, 1, 1]);
      const kernel = tf.mul<tf.Tensor4D>(tf.div(outer, 16), tf.ones([1, 1, 3, 1]));
      const ours = tf.grad((x) => binomialBlur(x as tf.Tensor4D))(images, upstream);
      const derived = tf.grad((x) => tf.depthwiseConv2d(x as tf.Tensor4D, kernel, 1, 'same'))(images, upstream);
      // nine float32 summands in another order
      expect(tf.max(tf.abs(tf.sub(ours, derived))).dataSync()[0]).toBeLessThan(1e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
