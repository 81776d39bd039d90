import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { mapPerplexity } from './map-perplexity';

describe('mapPerplexity', () => {
  it('counts the entries that a distribution spreads over', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const perplexity = (rows: number[][]) => mapPerplexity(tf.tensor2d(rows)).dataSync()[0]!;
      // float32
      expect(perplexity([[0, 1, 0, 0]])).toBeCloseTo(1, 6);
      expect(perplexity([[0.25, 0.25, 0.25, 0.25]])).toBeCloseTo(4, 5);
      expect(
        perplexity([
          [0.5, 0.5, 0, 0],
          [0, 0, 0, 1],
        ]),
      ).toBeCloseTo(1.5, 5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
