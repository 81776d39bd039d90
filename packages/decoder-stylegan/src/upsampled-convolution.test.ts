import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { upsampledConvolution } from './upsampled-convolution';

function random(shape: [number, number, number, number], seed: number): tf.Tensor4D {
  return tf.keep(tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', seed));
}

const features = random([2, 3, 5, 7], 1);
const kernel = random([3, 3, 7, 11], 2);
const target = random([2, 6, 10, 11], 3);

/** Every pixel written twice in both directions, then the convolution. */
function twin(x: tf.Tensor4D, weights: tf.Tensor4D): tf.Tensor4D {
  const columns = tf.reshape(tf.concat([x, x], 3), [2, 3, -1]);
  const doubled = tf.reshape(tf.concat([columns, columns], 2), [2, 6, 10, 7]) as tf.Tensor4D;
  return tf.conv2d(doubled, weights, 1, 'same');
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

describe('upsampledConvolution', () => {
  it('equals doubling the pixels and convolving, borders included', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      // float32 sums of 63 products of size 1
      expect(largestDifference(upsampledConvolution(features, kernel), twin(features, kernel))).toBeLessThan(2e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has the same gradients', () => {
    tf.tidy(() => {
      const error = (apply: typeof twin) => (x: tf.Tensor, weights: tf.Tensor) =>
        tf.sum(tf.mul(apply(x as tf.Tensor4D, weights as tf.Tensor4D), target)) as tf.Scalar;
      const ours = tf.grads(error(upsampledConvolution))([features, kernel]);
      const expected = tf.grads(error(twin))([features, kernel]);
      // float32 sums of up to 396 products of size 1
      ours.forEach((gradient, index) => {
        expect(largestDifference(gradient, expected[index]!)).toBeLessThan(1e-4);
      });
    });
  });

  it('needs no explicit padding of a backend, which tfjs-node lacks', () => {
    const convolution = tf.getKernel('Conv2D', 'cpu')!;
    const paddings: unknown[] = [];
    tf.unregisterKernel('Conv2D', 'cpu');
    tf.registerKernel({
      ...convolution,
      kernelFunc(call) {
        paddings.push(call.attrs!.pad);
        return convolution.kernelFunc(call);
      },
    });
    tf.tidy(() => upsampledConvolution(features, kernel));
    tf.unregisterKernel('Conv2D', 'cpu');
    tf.registerKernel(convolution);
    expect(paddings).toEqual(['same']);
  });
});
