import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { describe, expect, it } from 'vitest';

import { gelu } from './gelu';

/** x·(1 + erf(x/√2))/2 by ordinary operations, left to tfjs's own differentiation. */
const plainGelu = (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))));

describe('gelu', () => {
  it('is x times the normal distribution function', () => {
    tf.tidy(() => {
      const values = gelu(tf.tensor1d([-3, -1, 0, 0.5, 1, 2])).dataSync();
      // Φ(-3) = 0.00134990, Φ(-1) = 0.15865525, Φ(0.5) = 0.69146246, Φ(1) = 0.84134475, Φ(2) = 0.97724987: printed tables
      const expected = [-0.0040497, -0.15865525, 0, 0.34573123, 0.84134475, 1.95449974];
      for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 6); // tfjs's erf is exact to 1.5e-7
    });
  });

  it('agrees with its slow twin, value and gradient', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.reshape(tf.linspace(-5, 5, 77), [7, 11]);
      const dy = tf.cos(x);
      const fast = tf.valueAndGrad(gelu)(x, dy);
      const slow = tf.valueAndGrad(plainGelu)(x, dy);
      expect(tf.max(tf.abs(tf.sub(fast.value, slow.value))).dataSync()[0]).toBeLessThan(2e-6); // float32 at 5
      expect(tf.max(tf.abs(tf.sub(fast.grad, slow.grad))).dataSync()[0]).toBeLessThan(2e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
