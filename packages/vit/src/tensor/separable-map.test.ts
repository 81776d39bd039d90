import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { axisMap, type Tap } from './axis-map';
import { separableMap } from './separable-map';

/** Mirrored padding of a line. */
const pad = (length: number, padding: number) =>
  axisMap(length, length + 2 * padding, (output) => [[output - padding, 1]]);

describe('axisMap', () => {
  it('mirrors positions beyond the line without repeating its edge', () => {
    const { matrix } = axisMap(4, 10, (output) => [[output - 3, 1]]);
    const read = Array.from({ length: 10 }, (_, output) => matrix.subarray(4 * output, 4 * output + 4).indexOf(1));
    expect(read).toEqual([3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
    expect([...axisMap(1, 2, (output) => [[output + 5, 1]]).matrix]).toEqual([1, 1]);
  });

  it('adds the weights of taps that meet', () => {
    const taps: Tap[] = [
      [-1, 0.25],
      [1, 0.5],
      [2, 4],
    ];
    expect([...axisMap(3, 1, () => taps).matrix]).toEqual([0, 0.75, 4]);
  });
});

describe('separableMap', () => {
  it('pads like mirrorPad', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const images = tf.randomNormal([2, 3, 5, 7], 0, 1, 'float32', 1) as tf.Tensor4D;
      const mirrored = tf.mirrorPad(
        images,
        [
          [0, 0],
          [2, 2],
          [1, 1],
          [0, 0],
        ],
        'reflect',
      );
      // exact: every output is one input times 1 plus zeros
      expect(separableMap(images, pad(3, 2), pad(5, 1)).dataSync()).toEqual(mirrored.dataSync());
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('maps a single channel as it maps each of several', () => {
    const rng = createRng(3);
    const [rows, columns] = [axisMap(3, 7, randomTaps), axisMap(5, 2, randomTaps)];
    function randomTaps(): Tap[] {
      return [0, 1, 2].map((input) => [input, rng.normal()]);
    }
    tf.tidy(() => {
      const images = tf.randomNormal([2, 3, 5, 11], 0, 1, 'float32', 2) as tf.Tensor4D;
      const singly = (tf.split(images, 11, 3) as tf.Tensor4D[]).map((channel) => separableMap(channel, rows, columns));
      const difference = tf.max(tf.abs(tf.sub(separableMap(images, rows, columns), tf.concat(singly, 3))));
      // float32 sums of nine products in another order
      expect(difference.dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('sends every gradient back to the pixel it came from', () => {
    tf.tidy(() => {
      const images = tf.zeros([1, 3, 5, 1]) as tf.Tensor4D;
      const map = (x: tf.Tensor) => separableMap(x as tf.Tensor4D, pad(3, 1), pad(5, 1));
      const gradient = tf.grad(map)(images, tf.ones([1, 5, 7, 1]));
      // how often each pixel occurs in the padded image; tfjs's own mirrorPad gradient answers 1 everywhere
      expect(Array.from(gradient.dataSync())).toEqual([1, 2, 1, 2, 1, 3, 6, 3, 6, 3, 1, 2, 1, 2, 1]);
    });
  });

  it('names the size it was made for', () => {
    tf.tidy(() => {
      expect(() => separableMap(tf.zeros([1, 5, 3, 1]), pad(3, 1), pad(5, 1))).toThrow(
        'images must have shape [any, 3, 5, any], got [1, 5, 3, 1]',
      );
    });
  });
});
