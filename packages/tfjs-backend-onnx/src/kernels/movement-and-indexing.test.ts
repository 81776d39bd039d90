import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

import { agree, noise, noiseBools, noiseIntegers } from '../__fixtures__/on-both-backends';

describe('kernels that move elements agree with the CPU backend', () => {
  const x = () => noise([2, 3, 5, 7]);
  agree({
    transpose: () => [tf.transpose(x(), [2, 0, 3, 1]), tf.transpose(tf.transpose(x(), [1, 0, 3, 2]), [3, 2, 0, 1])],
    'reshape and back': () => tf.reshape(tf.mul(tf.reshape(x(), [6, 35]), 2), [7, -1]),
    concat: () => tf.concat([noise([2, 3]), noise([2, 5], { seed: 2 })], 1),
    'stack, unstack': () => [tf.stack([noise([3, 5]), noise([3, 5], { seed: 2 })], 1), ...tf.unstack(noise([3, 5]), 1)],
    split: () => tf.split(noise([3, 7]), [2, 5], 1),
    slice: () => tf.slice(x(), [0, 1, 2, 3], [2, 2, -1, 3]),
    stridedSlice: () => [
      tf.stridedSlice(noise([7, 11]), [6, 1], [0, 9], [-2, 3]),
      tf.stridedSlice(noise([7, 11]), [1], [5], [2], 0, 0, 0, 0, 0),
      tf.reverse(x(), [1, 3]),
    ],
    pad: () => [
      tf.pad(
        noise([2, 3]),
        [
          [1, 0],
          [2, 3],
        ],
        0.5,
      ),
      tf.mirrorPad(
        noise([3, 5]),
        [
          [1, 2],
          [2, 1],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        noise([3, 5]),
        [
          [1, 2],
          [3, 1],
        ],
        'symmetric',
      ),
    ],
    tile: () => tf.tile(noise([2, 3]), [3, 2]),
    'fill, zerosLike, onesLike': () => [tf.fill([2, 3], 7), tf.zerosLike(noise([3])), tf.onesLike(noiseIntegers([3]))],
    'range, linspace': () => [tf.range(5, 0, -2), tf.linspace(0, 1, 7)],
    cast: () => [
      tf.cast(noise([7]), 'int32'),
      tf.cast(noiseIntegers([7]), 'bool'),
      tf.cast(noiseBools([7]), 'float32'),
    ],
    'space and batch': () => [
      tf.spaceToBatchND(
        noise([2, 4, 6, 3]),
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      tf.batchToSpaceND(
        noise([6, 2, 5, 3]),
        [2, 3],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ],
  });
});

describe('kernels with indices agree with the CPU backend', () => {
  const indices = (shape: number[], high: number) => noiseIntegers(shape, { low: 0, high }) as tf.Tensor1D;
  agree(
    {
      gather: () => [tf.gather(noise([5, 3]), indices([7], 5)), tf.gather(noise([3, 5, 2]), indices([7, 2], 5), 1)],
      'gather with batch dimensions': () => tf.gather(noise([3, 5, 2]), indices([3, 7], 5), 1, 1),
      gatherND: () =>
        tf.gatherND(
          noise([3, 5, 2]),
          tf.tensor2d(
            [
              [0, 1],
              [2, 4],
            ],
            [2, 2],
            'int32',
          ),
        ),
      scatterND: () => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), noise([3, 2]), [5, 2]),
      oneHot: () => [tf.oneHot(indices([7], 5), 5), tf.oneHot(tf.tensor1d([-1, 0, 9], 'int32'), 3, 2, -2)],
      topk: () => {
        const { values, indices: places } = tf.topk(noise([3, 11]), 5);
        return [values, places];
      },
      'unsortedSegmentSum, many rows on few segments, strays dropped': () =>
        tf.unsortedSegmentSum(noise([5000, 3]), noiseIntegers([5000], { low: -1, high: 4 }) as tf.Tensor1D, 3),
    },
    1e-4,
  ); // sums of 1,600 terms
});
