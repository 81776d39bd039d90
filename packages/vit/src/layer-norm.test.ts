import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { describe, expect, it } from 'vitest';

import { layerNorm } from './layer-norm';

const rng = createRng(3);
const draw = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );

/** The same map by ordinary operations, left to tfjs's own differentiation. */
function plainLayerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-6))), gamma), beta);
}

describe('layerNorm', () => {
  it('has mean beta and deviation gamma in every row', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.add(tf.mul(draw([5, 7]), 3), 11) as tf.Tensor2D;
      const { mean, variance } = tf.moments(layerNorm(x, tf.fill([7], 2), tf.fill([7], -13)), -1);
      for (const value of mean.dataSync()) expect(value).toBeCloseTo(-13, 4); // float32 at 13: 1e-6
      for (const value of variance.dataSync()) expect(value).toBeCloseTo(4, 4); // 1e-6 beside a variance of some 9 is invisible
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('agrees with its slow twin, value and all three gradients', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = [draw([5, 7]), draw([7]), draw([7])];
      const dy = draw([5, 7]);
      const fast = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
        layerNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, beta as tf.Tensor1D);
      const run = (f: (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor) => {
        const { value, grads } = tf.valueAndGrads(f as (...args: tf.Tensor[]) => tf.Tensor)(inputs, dy);
        return [value, ...grads];
      };
      const expected = run(plainLayerNorm);
      run(fast).forEach((tensor, index) => {
        const distance = tf.max(tf.abs(tf.sub(tensor, expected[index]!))).dataSync()[0]!;
        expect(distance).toBeLessThan(1e-5); // values of order 1, sums of at most 7 terms in float32
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
