import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { diversityLoss } from './diversity-loss';

function loss(maps: number[][][]): number {
  return tf.tidy(() => diversityLoss(tf.tensor3d(maps)).dataSync()[0]!);
}

describe('diversityLoss', () => {
  it('is (P - 1) / P for identical maps, whatever their scale', () => {
    const map = [0.1, 0.4, 0.2, 0.3, 0];
    // float32
    expect(loss([[map, map, map]])).toBeCloseTo(2 / 3, 6);
    expect(loss([[map, map.map((value) => value * 1e-3), map.map((value) => value * 50)]])).toBeCloseTo(2 / 3, 6);
  });

  it('is 0 for maps that do not overlap', () => {
    expect(
      loss([
        [
          [1, 0, 0, 0, 0],
          [0, 0.5, 0.5, 0, 0],
          [0, 0, 0, 2, 3],
        ],
      ]),
    ).toBe(0);
  });

  it('is Eq. 6 with both its sums, averaged over images', () => {
    const maps = tf.tidy(() => tf.randomUniform([2, 3, 7], 0, 1, 'float32', 1).arraySync()) as number[][][];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
    const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    const perImage = maps.map((image) => {
      let sum = 0;
      image.forEach((a, i) => {
        image.forEach((b, j) => {
          sum += ((i === j ? 1 : 0) - cosine(a, b)) ** 2;
        });
      });
      return sum / 9;
    });
    // float32
    expect(loss(maps)).toBeCloseTo((perImage[0]! + perImage[1]!) / 2, 6);
  });

  it('pulls on maps that overlap, and leaks nothing', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const maps = tf.tensor3d([
        [
          [0.7, 0.2, 0.1],
          [0.5, 0.3, 0.2],
        ],
      ]);
      const gradient = tf.grad((x) => diversityLoss(x as tf.Tensor3D))(maps);
      const step = tf.sub(maps, tf.mul(gradient, 0.1)) as tf.Tensor3D;
      expect(diversityLoss(step).dataSync()[0]).toBeLessThan(diversityLoss(maps).dataSync()[0]!);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
