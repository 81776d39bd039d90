import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { assertFiniteFeatures } from './assert-finite-features';

describe('assertFiniteFeatures', () => {
  it('names the tensor and the place of what is not finite', async () => {
    const values = new Float32Array(2 * 3 * 5);
    const classToken = tf.zeros([2, 5]);
    const check = async (...bad: [number, number][]) => {
      for (const [index, value] of bad) values[index] = value;
      const patchTokens = tf.tensor3d(values, [2, 3, 5]);
      await assertFiniteFeatures({ classToken, patchTokens, mirroredClassToken: undefined }).finally(() =>
        patchTokens.dispose(),
      );
    };
    const before = tf.memory().numTensors;
    await check();
    await expect(check([1 * 15 + 2 * 5 + 4, Number.NaN])).rejects.toThrow(
      'assertFiniteFeatures: patchTokens [2, 3, 5] must be finite, got NaN at [1, 2, 4] and 0 more; look at that image',
    );
    await expect(check([5, Number.NEGATIVE_INFINITY])).rejects.toThrow('-Infinity at [0, 1, 0] and 1 more');
    expect(tf.memory().numTensors).toBe(before);
    classToken.dispose();
  });
});
