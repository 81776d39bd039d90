import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';

import { expectAgreement, noise } from './__fixtures__/on-both-backends';

/** Value and all gradients agree to 1e-4: sums of some hundred float32 products in another order. */
function agrees(name: string, f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: () => tf.Tensor[]): void {
  it(name, () => {
    expectAgreement(() => {
      const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => tf.sum(tf.sin(f(...tensors))))(inputs());
      return [value, ...grads];
    }, 1e-4);
  });
}

function layerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-6))), gamma), beta);
}

/** Adaptive instance normalization of `x` [B, H, W, C] to the statistics in `style` [B, 2C]. */
function adaptiveInstanceNorm(x: tf.Tensor, style: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [1, 2], true);
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const [scale, bias] = tf.split(tf.reshape(style, [x.shape[0]!, 1, 1, -1]), 2, 3) as [tf.Tensor, tf.Tensor];
  return tf.add(tf.mul(normalized, tf.add(scale, 1)), bias);
}

describe('gradients of composite functions agree with the CPU backend', () => {
  agrees(
    'softmax attention',
    (queries, keys, values) => tf.matMul(tf.softmax(tf.mul(tf.matMul(queries!, keys!, false, true), 0.4)), values!),
    () => [noise([2, 3, 5, 7]), noise([2, 3, 11, 7], { seed: 2 }), noise([2, 3, 11, 7], { seed: 3 })],
  );
  agrees(
    'layer normalization by moments',
    (x, gamma, beta) => layerNorm(x!, gamma!, beta!),
    () => [noise([3, 5, 7]), noise([7], { seed: 2 }), noise([7], { seed: 3 })],
  );
  agrees(
    'gelu by erf',
    (x) => tf.mul(tf.mul(x!, 0.5), tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1)),
    () => [noise([3, 5])],
  );
  agrees(
    'one block of a convolutional decoder with AdaIN',
    (x, filter, style) => {
      const larger = tf.image.resizeBilinear(x as tf.Tensor4D, [10, 10]);
      return tf.leakyRelu(adaptiveInstanceNorm(tf.conv2d(larger, filter as tf.Tensor4D, 1, 'same'), style!), 0.2);
    },
    () => [noise([1, 5, 5, 3]), noise([3, 3, 3, 7], { seed: 2 }), noise([1, 14], { seed: 3 })],
  );
  agrees(
    'softmax cross entropy by log-sum-exp',
    (logits) =>
      tf.sub(tf.logSumExp(logits!, 1), tf.sum(tf.mul(logits!, tf.oneHot(tf.tensor1d([1, 0, 4], 'int32'), 5)), 1)),
    () => [noise([3, 5])],
  );
  agrees(
    'tiling and slicing',
    (x) => tf.slice(tf.tile(x!, [2, 3]), [1, 2], [3, 5]),
    () => [noise([2, 3])],
  );
  agrees(
    'gathering rows',
    (x) => tf.gather(x!, tf.tensor1d([0, 2, 2, 1], 'int32')),
    () => [noise([3, 5])],
  );
});
