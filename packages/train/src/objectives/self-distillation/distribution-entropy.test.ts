import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { meanEntropy, rowInformation } from './distribution-entropy';
import { featureSpread } from './feature-spread';

function read(compute: () => tf.Scalar): number {
  const before = tf.memory().numTensors;
  const value = tf.tidy(() => compute().dataSync()[0]!);
  expect(tf.memory().numTensors).toBe(before);
  return value;
}

describe('meanEntropy and rowInformation', () => {
  it.each([
    [
      'certain, the same',
      [
        [1, 0, 0],
        [1, 0, 0],
      ],
      0,
      0,
    ],
    [
      'certain, different',
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
      0,
      Math.log(2),
    ],
    [
      'uniform',
      [
        [1 / 3, 1 / 3, 1 / 3],
        [1 / 3, 1 / 3, 1 / 3],
      ],
      Math.log(3),
      0,
    ],
    [
      'one of each',
      [
        [0.5, 0.5, 0],
        [0, 0, 1],
      ],
      Math.log(2) / 2,
      Math.log(2),
    ],
  ])('%s', (_, rows, entropy, information) => {
    expect(read(() => meanEntropy(tf.tensor2d(rows)))).toBeCloseTo(entropy, 6);
    expect(read(() => rowInformation(tf.tensor2d(rows)))).toBeCloseTo(information, 6);
  });
});

describe('featureSpread', () => {
  it('is 0 for one direction at any length, 1 for opposite directions on every axis', () => {
    expect(
      read(() =>
        featureSpread(
          tf.tensor2d([
            [1, 2, 3],
            [2, 4, 6],
            [0.5, 1, 1.5],
          ]),
        ),
      ),
    ).toBeCloseTo(0, 3);
    const opposite = tf.tensor2d([
      [1, 1, -1],
      [-1, -1, 1],
      [3, 3, 3],
      [-5, -5, -5],
    ]); // unit vectors: ±1/√3 on each axis
    expect(read(() => featureSpread(opposite))).toBeCloseTo(1, 6);
    opposite.dispose();
  });

  it('agrees with loops', () => {
    const rows = Array.from({ length: 7 }, (_, row) => [0, 1, 2, 3, 4].map((k) => Math.sin(3 * row + k * k) + 0.4));
    const unit = rows.map((row) => row.map((value) => value / Math.hypot(...row)));
    const deviations = [0, 1, 2, 3, 4].map((k) => {
      const mean = unit.reduce((sum, row) => sum + row[k]! / 7, 0);
      return Math.sqrt(unit.reduce((sum, row) => sum + (row[k]! - mean) ** 2 / 7, 0));
    });
    const expected = (deviations.reduce((a, b) => a + b) / 5) * Math.sqrt(5);
    expect(read(() => featureSpread(tf.tensor2d(rows)))).toBeCloseTo(expected, 5);
  });
});
