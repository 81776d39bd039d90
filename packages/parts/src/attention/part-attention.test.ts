import '@tensorflow/tfjs-backend-cpu';
import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { mapResampling } from '../maps/map-resampling';
import { partAttention } from './part-attention';

const channels = 15;

describe('partAttention', () => {
  it('starts near the heads of the encoder with heads initialization', () => {
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
    expect(names({ gateBias: true })).toEqual(['p/gate-input', 'p/gate-output', 'p/projection', 'p/gate-bias']);
    expect(names({ learnTemperature: true })).toContain('p/log-temperature');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('starts as without a bias where the bias starts at zero, and spreads the gates by their gain', () => {
    const maps = (options: object) => {
      const attention = partAttention({ channels, partCount: 3, hiddenWidth: 7, ...options }, createRng(1));
      const values = tf.tidy(() => {
        const classToken = tf.randomNormal([2, channels], 0, 1, 'float32', 5) as tf.Tensor2D;
        return attention.attend(classToken, tf.randomNormal([2, 11, channels], 0, 1, 'float32', 6)).arraySync();
      });
      const gates = attention.variables()[0]!.dataSync();
      attention.dispose();
      return { values, gates };
    };
    expect(maps({ gateBias: true })).toEqual(maps({}));
    expect(maps({ learnTemperature: true }).values[0]![0]![0]).toBeCloseTo(maps({}).values[0]![0]![0]!, 5);
    const [one, two] = [maps({}).gates, maps({ gateGain: 2 }).gates];
    two.forEach((weight, index) => {
      expect(weight).toBeCloseTo(2 * one[index]!, 6);
    });
  });

  it.each(['positions', 'parts'] as const)('interpolates logits to a finer grid before the softmax over %s', (axis) => {
    const [grid, mapGrid] = [createPatchGrid(2, 3), createPatchGrid(4, 6)];
    const create = (options: object) =>
      partAttention({ channels, partCount: 5, softmaxAxis: axis, ...options }, createRng(1));
    const [coarse, fine] = [create({ grid }), create({ grid, mapGrid })];
    tf.tidy(() => {
      const classToken = tf.randomNormal([2, channels], 0, 1, 'float32', 5) as tf.Tensor2D;
      const patchTokens = tf.randomNormal([2, 6, channels], 0, 1, 'float32', 6) as tf.Tensor3D;
      const maps = fine.attend(classToken, patchTokens);
      const totals = tf.sum(maps, axis === 'positions' ? 2 : 1).dataSync();
      // float32 sums of a softmax
      for (const total of totals) expect(total).toBeCloseTo(1, 5);
      // logarithms of a softmax are logits up to a constant per row, and interpolation keeps constants
      const logits = tf.log(coarse.attend(classToken, patchTokens)) as tf.Tensor3D;
      const upsampled = tf.transpose(
        mapResampling(grid, mapGrid)(logits),
        axis === 'positions' ? [0, 1, 2] : [0, 2, 1],
      );
      const expected = tf.transpose(tf.softmax(upsampled), axis === 'positions' ? [0, 1, 2] : [0, 2, 1]);
      expect(tf.max(tf.abs(tf.sub(maps, expected))).dataSync()[0]).toBeLessThan(1e-5);
    });
    coarse.dispose();
    fine.dispose();
  });

  it('refuses heads that do not divide the channels, and tokens of another width', () => {
    const create = (options: object) => () => partAttention({ channels, ...options }, createRng(1));
    expect(create({ partCount: 4, gateInitialization: 'heads' })).toThrow('channels divisible by partCount');
    expect(create({ temperature: 0 })).toThrow('temperature must be positive, got 0');
    expect(create({ gateInitialization: 'heads', partCount: 3, gateBias: false })).toThrow('needs gateBias, got false');
    expect(create({ headGateBias: 4 })).toThrow("headGateBias needs gateInitialization 'heads', got xavier");
    expect(create({ gateInitialization: 'heads', partCount: 3, gateGain: 2 })).toThrow('gateGain needs');
    expect(create({ mapGrid: createPatchGrid(2, 2) })).toThrow('mapGrid needs grid beside it');
    expect(create({ grid: createPatchGrid(4, 9), mapGrid: createPatchGrid(2, 3) })).toThrow(
      'mapGrid must be at least the grid of the tokens, 4x9, got 2x3',
    );
    const attention = partAttention({ channels, partCount: 2 }, createRng(1));
    const [classToken, patchTokens] = [tf.zeros<tf.Rank.R2>([2, channels]), tf.zeros<tf.Rank.R3>([3, 11, channels])];
    expect(() => attention.attend(classToken, patchTokens)).toThrow(
      'patchTokens must have shape [2, any, 15], got [3, 11, 15]',
    );
    tf.dispose([classToken, patchTokens]);
    attention.dispose();
  });
});
