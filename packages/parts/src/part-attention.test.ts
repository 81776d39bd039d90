import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { partAttention } from './part-attention';

const channels = 15;

describe('partAttention', () => {
  it('starts near the heads of the encoder with heads initialisation', () => {
    const attention = partAttention({ channels, partCount: 3, gateInitialization: 'heads' }, createRng(1));
    tf.tidy(() => {
      const query = tf.randomNormal([2, channels], 0, 1, 'float32', 5) as tf.Tensor2D;
      const keys = tf.randomNormal([2, 11, channels], 0, 1, 'float32', 6) as tf.Tensor3D;
      const split = (tokens: tf.Tensor, count: number) =>
        tf.transpose(tf.reshape(tokens, [2, count, 3, 5]), [0, 2, 1, 3]);
      const scores = tf.matMul(split(query, 1), split(keys, 11), false, true);
      const heads = tf.reshape(tf.softmax(tf.div(scores, Math.sqrt(5))), [2, 3, 11]);
      const difference = tf.max(tf.abs(tf.sub(attention.attend(query, keys), heads))).dataSync()[0];
      // sigmoid(+-4) = 0.98 and 0.02, so logits move by some 2 % of a few units
      expect(difference).toBeLessThan(0.06);
    });
    attention.dispose();
  });

  it('starts all parts apart and each seed elsewhere', () => {
    const start = (seed: number) => {
      const attention = partAttention({ channels, partCount: 2 }, createRng(seed));
      const values = Array.from(attention.variables()[1]!.dataSync());
      attention.dispose();
      return values;
    };
    expect(start(1)).toEqual(start(1));
    expect(start(1)).not.toEqual(start(2));
    const half = start(1).length / 2;
    expect(start(1).slice(0, half)).not.toEqual(start(1).slice(half));
  });

  it('owns the variables its options ask for and gives them back', () => {
    const before = tf.memory().numTensors;
    const names = (options: object) => {
      const attention = partAttention({ channels, partCount: 3, ...options }, createRng(1), 'p');
      const found = attention.variables().map(({ name }) => name);
      attention.dispose();
      return found;
    };
    expect(names({})).toEqual(['p/gate-input', 'p/gate-output', 'p/projection']);
    expect(names({ shareProjection: false })).toContain('p/key-projection');
    expect(names({ gateInitialization: 'heads' })).toContain('p/gate-bias');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses heads that do not divide the channels, and tokens of another width', () => {
    const create = (options: object) => () => partAttention({ channels, ...options }, createRng(1));
    expect(create({ partCount: 4, gateInitialization: 'heads' })).toThrow('channels divisible by partCount');
    expect(create({ temperature: 0 })).toThrow('temperature must be positive, got 0');
    const attention = partAttention({ channels, partCount: 2 }, createRng(1));
    const [classToken, patchTokens] = [tf.zeros<tf.Rank.R2>([2, channels]), tf.zeros<tf.Rank.R3>([3, 11, channels])];
    expect(() => attention.attend(classToken, patchTokens)).toThrow(
      'patchTokens must have shape [2, any, 15], got [3, 11, 15]',
    );
    tf.dispose([classToken, patchTokens]);
    attention.dispose();
  });
});
