import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

import { agree, noise, noiseBools, noiseIntegers, specialValues } from '../__fixtures__/on-both-backends';

describe('reductions agree with the CPU backend', () => {
  const x = () => noise([2, 3, 5, 7]);
  const ops = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod } satisfies Record<
    string,
    (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor
  >;
  for (const [name, op] of Object.entries(ops)) {
    agree({
      [`${name} of all`]: () => op(noise([3, 5])),
      [`${name} of two axes`]: () => op(x(), [1, -1]),
      [`${name}, axes kept`]: () => op(x(), 2, true),
      [`${name} of int32`]: () => op(noiseIntegers([3, 5], { low: 1, high: 4 }), 1),
    });
  }
  agree({
    'all, any': () => [tf.all(noiseBools([3, 5]), 1), tf.any(noiseBools([3, 5]), 0)],
    'argMax, argMin': () => [tf.argMax(x(), 2), tf.argMin(x(), -1), tf.argMax(tf.tensor1d([3, Number.NaN, 5, 4]))],
    'NaN wins in max': () => [tf.max(specialValues()), tf.min(specialValues())],
    cumsum: () => [tf.cumsum(noise([3, 5]), 1), tf.cumsum(noise([3, 5]), 0, true, true)],
    'logSumExp, norm, moments': () => [
      tf.logSumExp(x(), 1),
      tf.norm(x(), 2, 3),
      ...Object.values(tf.moments(x(), [1, 2])),
    ],
    'softmax, logSoftmax': () => [tf.softmax(x()), tf.logSoftmax(x())],
  });
});

describe('matrix products agree with the CPU backend', () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    agree({
      [`matMul ${transposeA} ${transposeB}`]: () =>
        tf.matMul(noise(transposeA ? [5, 3] : [3, 5]), noise(transposeB ? [7, 5] : [5, 7]), transposeA, transposeB),
      [`batched matMul ${transposeA} ${transposeB}`]: () =>
        tf.matMul(
          noise([2, 11, ...(transposeA ? [5, 3] : [3, 5])]),
          noise([1, 1, ...(transposeB ? [7, 5] : [5, 7])]),
          transposeA,
          transposeB,
        ),
    });
  }
  agree({
    'fused bias and activation': () =>
      tf.fused.matMul({
        a: noise([3, 5]) as tf.Tensor2D,
        b: noise([5, 7]) as tf.Tensor2D,
        bias: noise([7]),
        activation: 'relu',
      }),
    einsum: () => tf.einsum('bij,bkj->bik', noise([2, 3, 5]), noise([2, 7, 5])),
  });
});
