import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { partTokens } from './part-tokens';

const [batch, partCount, hiddenWidth, channels] = [2, 3, 5, 7];

describe('partTokens', () => {
  it.each([false, true])('is Eq. 1 written with loops (bias: %s)', (biased) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const classToken = tf.randomNormal([batch, channels], 0, 1, 'float32', 1) as tf.Tensor2D;
      const input = tf.randomNormal([channels, partCount * hiddenWidth], 0, 1, 'float32', 2) as tf.Tensor2D;
      const output = tf.randomNormal([partCount, hiddenWidth, channels], 0, 1, 'float32', 3) as tf.Tensor3D;
      const bias = tf.randomNormal([partCount, channels], 0, 1, 'float32', 4) as tf.Tensor2D;
      const tokens = partTokens(classToken, { input, output, bias: biased ? bias : undefined });
      const [token, first, second, offset] = [classToken, input, output, bias].map((tensor) => tensor.dataSync());
      const expected: number[] = [];
      for (let b = 0; b < batch; b++) {
        for (let p = 0; p < partCount; p++) {
          for (let c = 0; c < channels; c++) {
            let gate = biased ? offset![p * channels + c]! : 0;
            for (let h = 0; h < hiddenWidth; h++) {
              let hidden = 0;
              for (let k = 0; k < channels; k++) {
                hidden += token![b * channels + k]! * first![k * partCount * hiddenWidth + p * hiddenWidth + h]!;
              }
              gate += Math.tanh(hidden) * second![(p * hiddenWidth + h) * channels + c]!;
            }
            expected.push(token![b * channels + c]! / (1 + Math.exp(-gate)));
          }
        }
      }
      expect(tokens.shape).toEqual([batch, partCount, channels]);
      // float32 sums of 7 and 5 products
      tokens.dataSync().forEach((value, index) => {
        expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
