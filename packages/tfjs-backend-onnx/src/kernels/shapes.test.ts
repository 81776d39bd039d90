import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { agree, noise, noiseBools, noiseIntegers, runOn } from '../__fixtures__/on-both-backends';
import { compile } from '../compile/compile';

const sizes = [2, 3, 1, 4, 2, 3];

for (let rank = 0; rank <= 6; rank++) {
  const shape = sizes.slice(0, rank);
  const x = () => noise(shape);
  const last = rank - 1;
  describe(`rank ${rank} agrees with the CPU backend`, () => {
    agree({
      elementwise: () => [
        tf.tanh(x()),
        tf.add(x(), noise(shape, { seed: 2 })),
        tf.mul(x(), tf.scalar(3)),
        tf.where(tf.greater(x(), 0), x(), tf.zerosLike(x())),
        tf.cast(x(), 'int32'),
        tf.logicalNot(noiseBools(shape)),
      ],
      'broadcast against every other rank': () =>
        sizes.map((_, other) =>
          tf.sub(x(), noise(shape.slice(Math.min(other, rank)).map((size, axis) => (axis % 2 ? 1 : size)))),
        ),
      'reductions of all': () => [tf.sum(x()), tf.max(x()), tf.mean(x()), tf.prod(x()), tf.min(noiseIntegers(shape))],
      'gradient of a broadcast product': () =>
        tf.grads((...[a, b]: tf.Tensor[]) => tf.sum(tf.mul(tf.sin(a!), b!)))([x(), noise(shape.slice(1))]),
      'clone, reshape, expand, squeeze': () => [
        tf.clone(x()),
        tf.reshape(x(), [-1]),
        tf.expandDims(x(), 0),
        tf.squeeze(tf.expandDims(x(), -1), [rank]),
      ],
    });
    if (rank === 0) return;
    agree({
      'reductions of the last and the first axis': () => [
        tf.sum(x(), last),
        tf.max(x(), 0, true),
        tf.argMax(x(), last),
        tf.all(noiseBools(shape), 0),
        tf.cumsum(x(), last),
        tf.cumprod(x(), 0),
      ],
      movement: () => [
        tf.transpose(x()),
        tf.slice(
          x(),
          shape.map((size) => size - 1),
        ),
        tf.reverse(x(), last),
        tf.concat([x(), x()], last),
        tf.stack([x(), x()], last),
        ...tf.unstack(x(), 0),
        tf.pad(
          x(),
          shape.map((_, axis): [number, number] => [axis % 2, 1]),
          0.5,
        ),
        tf.gather(x(), tf.tensor1d([0, 0, 0], 'int32'), last),
        tf.stridedSlice(
          x(),
          shape.map(() => 0),
          shape,
          shape.map(() => 2),
        ),
        tf.oneHot(noiseIntegers(shape, { low: 0, high: 3 }) as tf.Tensor1D, 3),
      ],
      topk: () => {
        const { values, indices } = tf.topk(x(), 1);
        return [values, indices];
      },
      tile: () =>
        tf.tile(
          x(),
          shape.map((_, axis) => 1 + (axis % 2)),
        ),
    });
    if (rank === 1) return;
    agree({
      'matrix product': () => tf.matMul(x(), noise([...shape.slice(0, -2), shape[last]!, 5], { seed: 2 })),
      'softmax, moments': () => [tf.softmax(x()), ...Object.values(tf.moments(x(), [0, last]))],
    });
  });
}

describe('empty tensors agree with the CPU backend', () => {
  const none = () => noise([0, 3]);
  agree({
    elementwise: () => [tf.exp(none()), tf.add(none(), noise([3])), tf.cast(none(), 'bool'), tf.atan2(none(), none())],
    reductions: () => [
      tf.sum(none(), 0),
      tf.sum(none(), 1),
      tf.prod(none(), 0),
      tf.mean(none(), 0),
      tf.any(noiseBools([0, 3]), 0),
    ],
    products: () => [
      tf.matMul(none() as tf.Tensor2D, noise([3, 5]) as tf.Tensor2D),
      tf.matMul(noise([2, 0]) as tf.Tensor2D, noise([0, 5]) as tf.Tensor2D),
    ],
    movement: () => [
      tf.transpose(none()),
      tf.reverse(none(), 0),
      tf.concat([none(), noise([2, 3]), none()]),
      tf.concat([none(), none()]),
      tf.pad(none(), [
        [1, 1],
        [0, 0],
      ]),
      tf.slice(noise([2, 3]), [1, 0], [0, 3]),
      tf.gather(noise([2, 3]), tf.tensor1d([], 'int32')),
      tf.tile(none(), [2, 2]),
      tf.tile(noise([2, 3]), [0, 1]),
      tf.oneHot(tf.tensor1d([], 'int32'), 3),
      tf.cumsum(none()),
      tf.stack([none(), none()]),
    ],
    images: () => [
      tf.conv2d(noise([0, 5, 5, 2]) as tf.Tensor4D, noise([3, 3, 2, 7]) as tf.Tensor4D, 1, 'same'),
      tf.image.resizeBilinear(noise([0, 5, 5, 2]) as tf.Tensor4D, [3, 3]),
      tf.avgPool(noise([0, 5, 5, 2]) as tf.Tensor4D, 2, 2, 'valid'),
    ],
    gradients: () => tf.grads((...[a, b]: tf.Tensor[]) => tf.sum(tf.mul(a!, b!)))([none(), noise([3])]),
  });
});

it('the largest of nothing is -∞, as in TensorFlow; the CPU backend reads beyond its array', () => {
  const [largest, smallest] = runOn('onnx', () => [tf.max(noise([0, 2]), 0), tf.min(noise([0, 2]), 0)]);
  expect(largest!.values).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(smallest!.values).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

describe('kernels that were the host’s are part of compiled steps', () => {
  it('gives what the same ops give one by one', () => {
    const step = (image: tf.Tensor, numbers: tf.Tensor, counts: tf.Tensor) =>
      tf.tidy(() => {
        const picture = image as tf.Tensor4D;
        const boxes = tf.tensor2d([[0.1, 0.2, 0.8, 0.9]]);
        const found = tf.maxPoolWithArgmax(picture, 2, 2, 'same');
        const scores = [
          tf.image.cropAndResize(picture, boxes, tf.tensor1d([0], 'int32'), [3, 3]),
          tf.image.flipLeftRight(picture),
          tf.image.rotateWithOffset(picture, 0.5),
          tf.image.transform(picture, tf.tensor2d([[1, 0.1, 1, 0, 1, 0, 0, 0]]), 'bilinear', 'reflect'),
          tf.dilation2d(picture, tf.zeros([2, 2, 3]), 1, 'same'),
          tf.localResponseNormalization(picture),
          ...Object.values(found),
          tf.atan2(numbers, 0.5),
          tf.cumprod(numbers),
          tf.diag(numbers),
          tf.bincount(counts as tf.Tensor1D, [], 5),
          tf.bitwiseAnd(counts, counts),
          tf.lowerBound(numbers, numbers),
          tf.multinomial(tf.reshape(numbers, [1, 4]) as tf.Tensor2D, 3, 7),
          tf.tensorScatterUpdate(numbers, tf.reshape(counts, [4, 1]), numbers),
          tf.sparseToDense(counts, numbers, [4]),
        ];
        return tf.stack(scores.map((score) => tf.sum(tf.cast(score!, 'float32'))));
      });
    const inputs = [noise([2, 5, 7, 3]), tf.tensor1d([-2, 0.5, 1, 3]), tf.tensor1d([3, 1, 0, 2], 'int32')] as const;
    const expected = step(...inputs);
    const compiled = compile((a, b, c) => step(a as tf.Tensor, b as tf.Tensor, c as tf.Tensor));
    for (let call = 0; call < 2; call++) {
      const result = compiled(...inputs) as tf.Tensor;
      const [actual, wanted] = [result.dataSync(), expected.dataSync()];
      // the same operators in another graph: sums may be cut up differently
      for (let index = 0; index < wanted.length; index++)
        expect(Math.abs(actual[index]! - wanted[index]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted[index]!)));
      result.dispose();
    }
    tf.dispose([...inputs, expected]);
  });

  it('refuses draws without a seed', () => {
    const logits = tf.zeros([1, 4]) as tf.Tensor2D;
    const draw = compile((x) => tf.multinomial(x as tf.Tensor2D, 3));
    expect(() => draw(logits)).toThrow(
      /compile: two traces of a step must be equal, got the constant .* of Multinomial/,
    );
    logits.dispose();
  });
});
