import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { reflectIndex, reflectPadMatrix } from './reflect-matrix';
import { spatialFilter } from './spatial-filter';

describe('reflectIndex', () => {
  it('folds indices without repeating the edge', () => {
    expect([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((index) => reflectIndex(index, 4))).toEqual([
      3, 2, 1, 0, 1, 2, 3, 2, 1, 0,
    ]);
    expect(reflectIndex(5, 1)).toBe(0);
  });
});

describe('spatialFilter', () => {
  it('pads like mirrorPad', () => {
    const before = tf.memory().numTensors;
    const pad = spatialFilter(reflectPadMatrix(3, 2), reflectPadMatrix(5, 1));
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
      expect(pad.apply(images).dataSync()).toEqual(mirrored.dataSync());
    });
    pad.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('sends every gradient back to the pixel it came from', () => {
    const pad = spatialFilter(reflectPadMatrix(3, 1), reflectPadMatrix(5, 1));
    tf.tidy(() => {
      const images = tf.zeros([1, 3, 5, 1]) as tf.Tensor4D;
      const gradient = tf.grad((x) => pad.apply(x as tf.Tensor4D))(images, tf.ones([1, 5, 7, 1]));
      // how often each pixel occurs in the padded image; tfjs's own mirrorPad gradient answers 1 everywhere
      expect(Array.from(gradient.dataSync())).toEqual([1, 2, 1, 2, 1, 3, 6, 3, 6, 3, 1, 2, 1, 2, 1]);
    });
    pad.dispose();
  });

  it('names the size it was made for', () => {
    const pad = spatialFilter(reflectPadMatrix(3, 1), reflectPadMatrix(5, 1));
    const images = tf.zeros<tf.Rank.R4>([1, 5, 3, 1]);
    expect(() => pad.apply(images)).toThrow('images must have shape [any, 3, 5, any], got [1, 5, 3, 1]');
    images.dispose();
    pad.dispose();
  });
});
