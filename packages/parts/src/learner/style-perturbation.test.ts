import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { drawStylePerturbation, perturbStyle } from './style-perturbation';

const [batchSize, channels] = [61, 97];

describe('style perturbation', () => {
  it('adds noise of its strength and keeps the mean under dropout', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const strength = { styleNoise: 0.3, styleDropout: 0.2 };
      const draws = drawStylePerturbation({ batchSize, channels, ...strength, rng: createRng(1) });
      const values = perturbStyle(tf.ones([batchSize, channels]), draws, strength).dataSync();
      const dropped = values.filter((value) => value === 0).length / values.length;
      const kept = Array.from(
        values.filter((value) => value !== 0),
        (value) => value * 0.8,
      );
      const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
      const deviation = Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length);
      // 5917 draws: four standard errors of a share of 0.2, and of a mean and deviation of normals of 0.3
      expect(Math.abs(dropped - 0.2)).toBeLessThan(0.021);
      expect(Math.abs(mean - 1)).toBeLessThan(0.018);
      expect(Math.abs(deviation - 0.3)).toBeLessThan(0.013);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('draws only what is asked for, from the stream alone', () => {
    const drawn = (options: object) => {
      const draws = drawStylePerturbation({ batchSize: 2, channels: 3, rng: createRng(2), ...options });
      const values = Object.entries(draws).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]);
      tf.dispose(draws);
      return Object.fromEntries(values);
    };
    expect(drawn({})).toEqual({});
    const both = drawn({ styleNoise: 1, styleDropout: 0.5 });
    expect(drawn({ styleNoise: 0.1 })).toEqual({ styleNoise: both.styleNoise });
    expect(drawn({ styleDropout: 0.5 })).toEqual({ styleKeep: both.styleKeep });
  });

  it('refuses draws that are missing, not wanted or of another shape', () => {
    const classToken = tf.ones<tf.Rank.R2>([2, 3]);
    const draw = tf.ones<tf.Rank.R2>([2, 3]);
    const apply = (draws: object, strength: object) => () =>
      perturbStyle(classToken, draws, { styleNoise: 0, styleDropout: 0, ...strength });
    expect(apply({}, { styleNoise: 0.1 })).toThrow('must carry styleNoise exactly when');
    expect(apply({ styleKeep: draw }, {})).toThrow('got one at strength 0; spread drawStylePerturbation');
    expect(apply({ styleNoise: tf.slice(draw, 0, 1) }, { styleNoise: 0.1 })).toThrow('shape [2, 3], got [1, 3]');
    expect(() => drawStylePerturbation({ batchSize: 2, channels: 3, styleDropout: 1, rng: createRng(1) })).toThrow(
      'styleDropout must be between 0',
    );
    tf.disposeVariables();
    tf.dispose([classToken, draw]);
  });
});
