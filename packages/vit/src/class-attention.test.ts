import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { classAttention } from './class-attention';

describe('classAttention', () => {
  it('averages the first row over the heads and leaves the class token itself out', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const attention = tf.reshape(tf.range(0, 2 * 3 * 6 * 6), [2, 3, 6, 6]) as tf.Tensor4D; // value = image·108 + head·36 + query·6 + key
      const patches = classAttention(attention);
      expect(patches.shape).toEqual([2, 5]);
      // mean over heads of head·36 is 36
      expect([...patches.dataSync()]).toEqual([37, 38, 39, 40, 41, 145, 146, 147, 148, 149]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves out all tokens of the prefix, and needs a class token', () => {
    tf.tidy(() => {
      const attention = tf.reshape(tf.range(0, 2 * 3 * 6 * 6), [2, 3, 6, 6]) as tf.Tensor4D;
      const patches = classAttention(attention, { count: 4, classToken: true });
      expect([...patches.dataSync()]).toEqual([40, 41, 148, 149]);
      expect(() => classAttention(attention, { count: 4, classToken: false })).toThrow(
        'headAttention: the encoder must have a class token, whose attention this is, got classToken: false',
      );
    });
  });
});
