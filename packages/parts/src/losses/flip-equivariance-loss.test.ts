import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createPatchGrid } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { flipEquivarianceLoss } from './flip-equivariance-loss';

const grid = createPatchGrid(3, 5);

/** Softmax maps [2, 7, 15] along either axis. */
function randomMaps(seed: number, softmaxAxis: 'positions' | 'parts'): tf.Tensor3D {
  const logits = tf.randomNormal([2, 7, 15], 0, 2, 'float32', seed);
  if (softmaxAxis === 'positions') return tf.softmax(logits) as tf.Tensor3D;
  return tf.transpose(tf.softmax(tf.transpose(logits, [0, 2, 1])), [0, 2, 1]) as tf.Tensor3D;
}

function mirror(maps: number[][][]): number[][][] {
  return maps.map((image) =>
    image.map((map) => map.map((_, patch) => map[Math.floor(patch / 5) * 5 + 4 - (patch % 5)]!)),
  );
}

describe.each(['positions', 'parts'] as const)('flipEquivarianceLoss over %s', (softmaxAxis) => {
  it('is 0 for maps that follow the mirror, and only for those', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const maps = randomMaps(1, softmaxAxis);
      const mirroredMaps = tf.tensor3d(mirror(maps.arraySync()));
      const loss = (other: tf.Tensor3D) =>
        flipEquivarianceLoss({ maps, mirroredMaps: other, grid, softmaxAxis }).dataSync()[0];
      expect(loss(mirroredMaps)).toBe(0);
      expect(loss(maps)).toBeGreaterThan(0.5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is the symmetric Kullback-Leibler divergence written with loops', () => {
    tf.tidy(() => {
      const [maps, mirroredMaps] = [randomMaps(1, softmaxAxis), randomMaps(2, softmaxAxis)];
      const [a, b] = [maps.arraySync(), mirror(mirroredMaps.arraySync())];
      let [forth, back] = [0, 0];
      a.forEach((image, i) => {
        image.forEach((map, p) => {
          map.forEach((value, n) => {
            const other = b[i]![p]![n]!;
            forth += value * Math.log(value / other);
            back += other * Math.log(other / value);
          });
        });
      });
      const distributions = softmaxAxis === 'positions' ? 2 * 7 : 2 * 15;
      const loss = flipEquivarianceLoss({ maps, mirroredMaps, grid, softmaxAxis }).dataSync()[0];
      // float32 sums of 210 terms of size 1
      expect(loss).toBeCloseTo((forth + back) / 2 / distributions, 4);
    });
  });

  it('sees the patches that both have, where some are kept', () => {
    tf.tidy(() => {
      const [maps, mirroredMaps] = [randomMaps(1, softmaxAxis), randomMaps(2, softmaxAxis)];
      const all = tf.ones<tf.Rank.R2>([2, 15]);
      const loss = (kept?: { plain: tf.Tensor2D; mirrored: tf.Tensor2D }) =>
        flipEquivarianceLoss({ maps, mirroredMaps, grid, softmaxAxis, kept }).dataSync()[0]!;
      expect(loss({ plain: all, mirrored: all })).toBeCloseTo(loss(), 5);
      // the first column, and the last of the mirror image, which is the first again
      const column = (place: number) =>
        tf.tensor2d(
          Array.from({ length: 30 }, (_, n) => Number(n % 5 === place)),
          [2, 15],
        );
      const [a, b] = [maps.arraySync(), mirror(mirroredMaps.arraySync())];
      let sum = 0;
      a.forEach((image, i) => {
        image.forEach((map, p) => {
          for (const n of [0, 5, 10]) sum += (map[n]! - b[i]![p]![n]!) * Math.log(map[n]! / b[i]![p]![n]!);
        });
      });
      const distributions = softmaxAxis === 'positions' ? 14 : 6;
      expect(loss({ plain: column(0), mirrored: column(4) })).toBeCloseTo(sum / 2 / distributions, 4);
      expect(loss({ plain: column(0), mirrored: column(3) })).toBe(0);
    });
  });

  it('draws both sides together', () => {
    tf.tidy(() => {
      const [maps, mirroredMaps] = [randomMaps(1, softmaxAxis), randomMaps(2, softmaxAxis)];
      const loss = (a: tf.Tensor, b: tf.Tensor) =>
        flipEquivarianceLoss({ maps: a as tf.Tensor3D, mirroredMaps: b as tf.Tensor3D, grid, softmaxAxis });
      const [left, right] = tf.grads(loss)([maps, mirroredMaps]);
      const step = (x: tf.Tensor, gradient: tf.Tensor) => tf.sub(x, tf.mul(gradient, 1e-4)) as tf.Tensor;
      const start = loss(maps, mirroredMaps).dataSync()[0]!;
      expect(loss(step(maps, left!), mirroredMaps).dataSync()[0]).toBeLessThan(start);
      expect(loss(maps, step(mirroredMaps, right!)).dataSync()[0]).toBeLessThan(start);
    });
  });
});
