import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

import { agree, noise } from '../__fixtures__/on-both-backends';

const { NaN: nothing, POSITIVE_INFINITY: infinity } = Number;

describe('cropAndResize agrees with the CPU backend', () => {
  const images = () => noise([2, 5, 7, 3]) as tf.Tensor4D;
  const boxes = () =>
    tf.tensor2d([
      [0, 0, 1, 1],
      [0.1, 0.2, 0.83, 0.71],
      [0.9, 0.8, 0.1, 0.3], // upside down
      [-0.5, 0.2, 1.5, 1.3], // partly outside
      [0.5, 0.5, 0.5, 0.5],
      [0, 0, 1, 1], // of no image
      [nothing, 0, 1, 1],
      [0, 0, infinity, 1],
    ]);
  const numbers = () => tf.tensor1d([0, 1, 0, 1, 0, 2, 0, 1], 'int32');
  for (const method of ['bilinear', 'nearest'] as const) {
    for (const size of [
      [3, 11],
      [1, 4],
      [5, 1],
    ] as const) {
      agree({
        [`${method} to ${size}`]: () => tf.image.cropAndResize(images(), boxes(), numbers(), [...size], method, 0.5),
      });
    }
  }
  agree({
    'of int32 images': () =>
      tf.image.cropAndResize(tf.cast(images(), 'int32'), boxes(), numbers(), [3, 3], 'bilinear', -1),
    'of no boxes': () =>
      tf.image.cropAndResize(images(), tf.zeros([0, 4]) as tf.Tensor2D, tf.zeros([0], 'int32') as tf.Tensor1D, [3, 3]),
  });
});

describe('turning and flipping agree with the CPU backend', () => {
  const images = () => noise([2, 5, 8, 4]) as tf.Tensor4D;
  agree({
    flipLeftRight: () => tf.image.flipLeftRight(images()),
    'rotateWithOffset by many angles': () =>
      [0, 0.3, Math.PI / 2, -2, Math.PI, 7].map((angle) => tf.image.rotateWithOffset(images(), angle)),
    'rotateWithOffset around a corner, filled': () => [
      tf.image.rotateWithOffset(images(), 0.7, 0.25, [0.1, 0.9]),
      tf.image.rotateWithOffset(images(), 0.7, [1, 2, 3], 0),
    ],
  });
});

describe('transform agrees with the CPU backend', () => {
  const image = () => noise([1, 5, 8, 3]) as tf.Tensor4D;
  const transforms: Record<string, number[]> = {
    identity: [1, 0, 0, 0, 1, 0, 0, 0],
    'shift by fractions': [1, 0, -2.3, 0, 1, 1.6, 0, 0],
    'turn and shear': [0.8, -0.6, 3, 0.5, 0.9, -1.5, 0, 0],
    'far outside': [5, 0, -17, 0, -7, 23, 0, 0],
    'perspective through infinity': [1, 0.2, 0, 0, 1, 0, -0.25, 0.1],
    'not numbers': [nothing, 0, 0, 0, 1, 0, 0, 0],
  };
  for (const interpolation of ['nearest', 'bilinear'] as const) {
    for (const fillMode of ['constant', 'reflect', 'wrap', 'nearest'] as const) {
      const cases = Object.entries(transforms).map(([name, numbers]) => [
        `${interpolation}, ${fillMode}: ${name}`,
        () => tf.image.transform(image(), tf.tensor2d([numbers]), interpolation, fillMode, 0.5, [7, 6]),
      ]);
      agree(Object.fromEntries(cases));
    }
  }
  agree({
    'images of one pixel': () =>
      (['constant', 'reflect', 'wrap', 'nearest'] as const).map((mode) =>
        tf.image.transform(
          noise([1, 1, 1, 2]) as tf.Tensor4D,
          tf.tensor2d([transforms['turn and shear']!]),
          'nearest',
          mode,
        ),
      ),
    // the CPU backend stops after the first image of a batch, so it gets them one by one
    'a transform for each image': () => {
      const images = noise([2, 5, 8, 3]) as tf.Tensor4D;
      const both = tf.tensor2d([transforms['turn and shear']!, transforms['shift by fractions']!]);
      if (tf.getBackend() === 'onnx') return tf.image.transform(images, both, 'bilinear', 'reflect');
      const parts = [0, 1].map((index) =>
        tf.image.transform(
          tf.slice(images, [index, 0, 0, 0], [1, 5, 8, 3]),
          tf.slice(both, [index, 0], [1, 8]),
          'bilinear',
          'reflect',
        ),
      );
      return tf.concat(parts);
    },
  });
});
