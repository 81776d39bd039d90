import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

import { agree, noise, noiseIntegers } from '../__fixtures__/on-both-backends';

const { NaN: nothing, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: depth } = Number;

/** [2, 5, 4, 3] with NaN, infinities and ties. */
function awkward(): tf.Tensor4D {
  const special = [nothing, infinity, depth, 0, -0.5, 2.5, 2.5];
  const values = Array.from({ length: 120 }, (_, index) => special[(index * index + 3 * index) % 11] ?? index % 5);
  return tf.tensor4d(values, [2, 5, 4, 3]);
}

describe('pools of awkward input agree with the CPU backend', () => {
  for (const pad of ['same', 'valid', 1] as const) {
    agree({
      [`maxPool, ${pad}`]: () => tf.maxPool(awkward(), 2, 2, pad),
      [`avgPool, ${pad}`]: () => tf.avgPool(awkward(), 2, 2, pad),
      [`maxPool gradient, ${pad}`]: () => tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 3, 2, pad))(awkward()),
      [`maxPoolWithArgmax, ${pad}`]: () =>
        [false, true].flatMap((includeBatch) => {
          const { result, indexes } = tf.maxPoolWithArgmax(awkward(), 3, 2, pad as 'same', includeBatch);
          return [result!, indexes!];
        }),
    });
  }
  const wide = () => noise([2, 5, 4, 3]) as tf.Tensor4D;
  agree({
    'padding wider than the filter': () =>
      [1, 2, 3].flatMap((stride) => [
        tf.maxPool(wide(), 2, stride, 3),
        tf.avgPool(wide(), 2, stride, 3),
        tf.grad((x) => tf.sin(tf.maxPool(x as tf.Tensor4D, 2, stride, 3)))(wide()),
        tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 2, stride, 3))(wide()),
        tf.maxPoolWithArgmax(wide(), 2, stride, 3 as unknown as 'same').indexes!,
      ]),
    'windows in padding only': () => [
      tf.maxPool(noise([1, 1, 1, 2]) as tf.Tensor4D, 1, 2, 1),
      tf.avgPool(noise([1, 1, 1, 2]) as tf.Tensor4D, 1, 2, 1),
      tf.avgPool3d(noise([1, 1, 2, 1, 2]) as tf.Tensor5D, 2, 1, 2),
    ],
    int32: () => [tf.maxPool(noiseIntegers([1, 5, 4, 3]) as tf.Tensor4D, 2, 2, 'same')],
    'no images': () => [tf.maxPool(noise([0, 4, 4, 3]) as tf.Tensor4D, 2, 2, 'same')],
  });
});

describe('dilation agrees with the CPU backend', () => {
  const filter = () => noise([2, 3, 3], { seed: 2 }) as tf.Tensor3D;
  for (const pad of ['same', 'valid'] as const) {
    for (const [stride, dilation] of [
      [1, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      agree({
        [`${pad}, stride ${stride}, dilation ${dilation}, and its gradients`]: () => [
          tf.dilation2d(noise([2, 7, 5, 3]) as tf.Tensor4D, filter(), stride, pad, dilation),
          ...tf.grads((...[x, w]: tf.Tensor[]) =>
            tf.sin(tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, stride, pad, dilation)),
          )([noise([2, 7, 5, 3]), filter()]),
        ],
      });
    }
  }
  agree({
    'NaN, infinities, ties': () => [
      tf.dilation2d(awkward(), tf.zeros([2, 2, 3]), 1, 'same'),
      ...tf.grads((...[x, w]: tf.Tensor[]) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'valid'))([
        awkward(),
        tf.zeros([2, 2, 3]),
      ]),
    ],
    int32: () =>
      tf.dilation2d(noiseIntegers([1, 4, 5, 2]) as tf.Tensor4D, noiseIntegers([2, 2, 2]) as tf.Tensor3D, 1, 'same'),
  });
});

describe('local response normalization agrees with the CPU backend', () => {
  const x = () => noise([2, 3, 5, 7]) as tf.Tensor4D;
  for (const radius of [0, 1, 2, 11]) {
    agree({
      [`radius ${radius}, and its gradient`]: () => [
        tf.localResponseNormalization(x(), radius, 1.1, 0.7, 0.6),
        tf.grad((x) => tf.sin(tf.localResponseNormalization(x as tf.Tensor4D, radius, 1.1, 0.7, 0.6)))(x()),
      ],
    });
  }
  agree({
    'NaN and infinity stay among their neighbors': () =>
      tf.localResponseNormalization(tf.tensor4d([1, nothing, 2, 3, 4, infinity, 5, 6], [1, 1, 1, 8]), 1),
    'one channel': () => tf.localResponseNormalization(noise([2, 3, 5, 1]) as tf.Tensor4D, 2),
  });
});
