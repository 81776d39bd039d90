import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { totalVariationLoss } from './total-variation-loss';

const grid = createPatchGrid(3, 5);

describe('totalVariationLoss', () => {
  it('is 0 for flat maps and known for ramps', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const of = (value: (row: number, column: number) => number) => {
        const map = Array.from({ length: 15 }, (_, patch) => value(Math.floor(patch / 5), patch % 5));
        return totalVariationLoss(tf.tensor3d([[map, map]]), grid).dataSync()[0];
      };
      expect(of(() => 0.3)).toBe(0);
      expect(of((row) => 2 * row)).toBe(2);
      expect(of((row, column) => 2 * row - 3 * column)).toBe(5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has the gradient of finite differences', () => {
    tf.tidy(() => {
      // all values at least 0.1 apart, so that no step crosses a kink
      const maps = tf.tensor3d(
        Float32Array.from(createRng(1).permutation(210), (rank) => rank / 10),
        [2, 7, 15],
      );
      const gradient = tf
        .grad((x) => tf.mul(totalVariationLoss(x as tf.Tensor3D, grid), 100))(maps)
        .dataSync();
      for (const index of [0, 4, 7, 14, 100, 209]) {
        const at = (offset: number) => {
          const values = maps.dataSync().slice();
          values[index]! += offset;
          return 100 * totalVariationLoss(tf.tensor3d(values, maps.shape), grid).dataSync()[0]!;
        };
        // piecewise linear: exact but for float32 losses of 1400 (1e-4) over a step of 2e-2
        expect(gradient[index]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 1);
      }
    });
  });

  it('refuses maps of another grid', () => {
    expect(() => tf.tidy(() => totalVariationLoss(tf.zeros([2, 7, 14]), grid))).toThrow('got [2, 7, 14]');
  });
});
