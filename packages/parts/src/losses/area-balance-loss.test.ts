import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { areaBalanceLoss } from './area-balance-loss';

function loss(maps: number[][][]): number {
  return tf.tidy(() => areaBalanceLoss(tf.tensor3d(maps)).dataSync()[0]!);
}

describe('areaBalanceLoss', () => {
  it('is 0 when parts are equally large over the batch, though not in each image', () => {
    const before = tf.memory().numTensors;
    const first = [
      [0.5, 0.5, 0],
      [0, 0, 1],
    ];
    const second = [
      [0, 0, 1],
      [0.7, 0.3, 0],
    ];
    // float32
    expect(loss([first, second])).toBeCloseTo(0, 6);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is log P when one part has everything', () => {
    const nothing = [0, 0, 0, 0, 0];
    expect(loss([[[0.1, 0.4, 0.2, 0.2, 0.1], nothing, nothing]])).toBeCloseTo(Math.log(3), 5);
  });

  it('is the divergence from uniform of known shares', () => {
    // shares 3/4 and 1/4 at each of two patches, whatever the level there
    const maps = [
      [
        [0.3, 0.6],
        [0.1, 0.2],
      ],
    ];
    expect(loss(maps)).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 5);
  });

  it('lifts the smaller part', () => {
    tf.tidy(() => {
      const logits = tf.tensor3d([
        [
          [2, 2, 2, 1, 0],
          [0, 1, 0, 0, 0.5],
        ],
      ]);
      const overParts = (x: tf.Tensor) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1]);
      const gradient = tf.grad((x) => areaBalanceLoss(overParts(x) as tf.Tensor3D))(logits);
      const [first, second] = tf.sum(gradient, [0, 2]).dataSync();
      expect(first).toBeGreaterThan(0);
      expect(second).toBeLessThan(0);
    });
  });
});
