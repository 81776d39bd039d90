import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { agree, noise, runOn } from '../__fixtures__/on-both-backends';

describe('images agree with the CPU backend', () => {
  const image = () => noise([2, 7, 11, 3]) as tf.Tensor4D;
  const filter = () => noise([3, 2, 3, 5], { seed: 2 }) as tf.Tensor4D;
  const gradients = (f: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: tf.Tensor) =>
    tf.grads((...[a, b]: tf.Tensor[]) => f(a!, b!))([x, w]);
  for (const pad of ['same', 'valid', 1] as const) {
    for (const stride of [1, 2]) {
      agree(
        {
          [`conv2d, pad ${pad}, stride ${stride}, and its gradients`]: () => [
            tf.conv2d(image(), filter(), stride, pad),
            ...gradients(
              (x, w) => tf.sin(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)),
              image(),
              filter(),
            ),
          ],
          [`depthwiseConv2d, pad ${pad}, stride ${stride}, and its gradients`]: () => {
            const depthwise = noise([3, 2, 3, 2], { seed: 2 }) as tf.Tensor4D;
            return [
              tf.depthwiseConv2d(image(), depthwise, stride, pad),
              ...gradients(
                (x, w) => tf.sin(tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)),
                image(),
                depthwise,
              ),
            ];
          },
          [`pools, pad ${pad}, stride ${stride}, and their gradients`]: () => [
            tf.maxPool(image(), 3, stride, pad),
            tf.avgPool(image(), 3, stride, pad),
            tf.grad((x) => tf.sin(tf.maxPool(x as tf.Tensor4D, 3, stride, pad)))(image()),
            tf.grad((x) => tf.sin(tf.avgPool(x as tf.Tensor4D, 3, stride, pad)))(image()),
          ],
        },
        1e-4,
      );
    }
  }
  agree(
    {
      'wide conv2d: one product for each filter element': () =>
        gradients(
          (x, w) => tf.sin(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')),
          noise([2, 5, 7, 37]),
          noise([3, 3, 37, 2], { seed: 2, low: -0.2, high: 0.2 }),
        ),
      'pointwise conv2d': () =>
        gradients(
          (x, w) => tf.sin(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')),
          image(),
          noise([1, 1, 3, 5]),
        ),
      'dilated conv2d': () => tf.conv2d(image(), filter(), 1, 'same', 'NHWC', [2, 3]),
      'conv2d, channels first': () => tf.conv2d(noise([2, 3, 7, 11]) as tf.Tensor4D, filter(), 1, 'same', 'NCHW'),
      'fused conv2d': () =>
        tf.fused.conv2d({
          x: image(),
          filter: filter(),
          strides: 1,
          pad: 'same',
          bias: noise([5]),
          activation: 'leakyrelu',
          leakyreluAlpha: 0.1,
        }),
      conv2dTranspose: () => tf.conv2dTranspose(noise([2, 3, 5, 5]) as tf.Tensor4D, filter(), [2, 6, 10, 3], 2, 'same'),
      conv3d: () =>
        gradients(
          (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
          noise([2, 3, 5, 7, 2]),
          noise([3, 2, 2, 2, 3]),
        ),
      batchNorm: () => tf.batchNorm(image(), noise([3]), noise([3], { low: 0.5 }), noise([3]), noise([3]), 1e-3),
    },
    1e-4,
  );
  for (const [name, resize] of [
    ['bilinear', tf.image.resizeBilinear],
    ['nearest', tf.image.resizeNearestNeighbor],
  ] as const) {
    for (const [alignCorners, halfPixelCenters] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      agree(
        {
          [`resize ${name} ${alignCorners} ${halfPixelCenters}`]: () =>
            resize(image(), [13, 5], alignCorners, halfPixelCenters),
        },
        1e-4,
      );
    }
    // The CPU backend's own gradients are wrong for images that are not square, so a gradient is held against its definition:
    // for a linear map, <resize(x), y> = <x, gradient of <resize(x), y>>.
    it(`the gradient of resize ${name} is the transposed map`, () => {
      for (const alignCorners of [false, true]) {
        const [[forward], [backward]] = [0, 1].map((side) =>
          runOn('onnx', () => {
            const y = noise([2, 13, 5, 3], { seed: 2 });
            const score = (x: tf.Tensor) => tf.sum(tf.mul(resize(x as tf.Tensor4D, [13, 5], alignCorners), y));
            return side === 0 ? score(image()) : tf.sum(tf.mul(image(), tf.grad(score)(image())));
          }).map(({ values }) => values[0]!),
        ) as [[number], [number]];
        expect(Math.abs(forward - backward)).toBeLessThan(1e-3); // sums of some hundred float32 terms
      }
    });
  }
});
