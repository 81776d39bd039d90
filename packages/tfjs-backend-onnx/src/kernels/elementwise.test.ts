import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { binaryOps } from '../__fixtures__/binary-ops';
import { agree, noise, noiseBools, noiseIntegers, runOn, specialValues } from '../__fixtures__/on-both-backends';

describe('elementwise kernels of one tensor agree with the CPU backend', () => {
  const anywhere = {
    abs: tf.abs,
    neg: tf.neg,
    square: tf.square,
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    selu: tf.selu,
    exp: tf.exp,
    expm1: tf.expm1,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    sin: tf.sin,
    cos: tf.cos,
    tan: tf.tan,
    sinh: tf.sinh,
    cosh: tf.cosh,
    atan: tf.atan,
    asinh: tf.asinh,
    softplus: tf.softplus,
    floor: tf.floor,
    ceil: tf.ceil,
    round: tf.round,
    sign: tf.sign,
    reciprocal: tf.reciprocal,
    isNaN: tf.isNaN,
    isInf: tf.isInf,
    isFinite: tf.isFinite,
    logSigmoid: tf.logSigmoid,
  } satisfies Record<string, (x: tf.Tensor) => tf.Tensor>;
  // the CPU backend's erf is a polynomial with errors up to 1.5e-7
  agree(Object.fromEntries(Object.entries(anywhere).map(([name, op]) => [name, () => op(noise([3, 5, 7]))])), 2e-5);
  agree({ erf: () => tf.erf(noise([3, 5])) }, 1e-6);
  const positive = {
    log: tf.log,
    log1p: tf.log1p,
    sqrt: tf.sqrt,
    rsqrt: tf.rsqrt,
    acosh: (x: tf.Tensor) => tf.acosh(tf.add(x, 1)),
  };
  agree(
    Object.fromEntries(
      Object.entries(positive).map(([name, op]) => [name, () => op(noise([3, 5], { low: 0.1, high: 3 }))]),
    ),
  );
  const unit = { acos: tf.acos, asin: tf.asin, atanh: tf.atanh };
  agree(
    Object.fromEntries(
      Object.entries(unit).map(([name, op]) => [name, () => op(noise([3, 5], { low: -0.9, high: 0.9 }))]),
    ),
  );
  agree({
    leakyRelu: () => tf.leakyRelu(noise([3, 5]), 0.3),
    clipByValue: () => tf.clipByValue(noise([3, 5]), -0.5, 1),
    step: () => tf.step(noise([3, 5]), 0.3),
    logicalNot: () => tf.logicalNot(noiseBools([3, 5])),
    'NaN and infinity through relu, sign, predicates': () => [
      tf.relu(specialValues()),
      tf.sign(specialValues()),
      tf.isNaN(specialValues()),
      tf.isFinite(specialValues()),
      tf.abs(specialValues()),
    ],
    'integers stay integers': () => [
      tf.neg(noiseIntegers([7])),
      tf.abs(noiseIntegers([7])),
      tf.square(noiseIntegers([7])),
      tf.relu(noiseIntegers([7])),
    ],
  });
});

describe('elementwise kernels of two tensors agree with the CPU backend', () => {
  for (const [name, op] of Object.entries(binaryOps)) {
    agree({
      [`${name}, broadcast both ways`]: () => op(noise([3, 1, 7]), noise([5, 1], { seed: 2 })),
      [`${name} with a scalar`]: () => op(noise([3, 5]), tf.scalar(0.7)),
      [`${name} of int32`]: () =>
        op(noiseIntegers([3, 5], { low: 1 }), noiseIntegers([5], { low: 1, high: 5, seed: 2 })),
      [`${name} of negative int32`]: () => op(noiseIntegers([3, 5]), tf.scalar(-3, 'int32')),
    });
  }
  agree({
    pow: () => tf.pow(noise([3, 5], { low: 0.1 }), noise([5], { seed: 2 })),
    'pow of int32': () => tf.pow(noiseIntegers([7], { low: 1 }), tf.scalar(3, 'int32')),
    floorDiv: () => tf.floorDiv(noiseIntegers([3, 5]), tf.scalar(4, 'int32')),
    prelu: () => tf.prelu(noise([3, 5]), noise([5], { seed: 2 })),
    'int32 with float32': () => tf.mul(noiseIntegers([5]), noise([5])),
    logical: () => [
      tf.logicalAnd(noiseBools([3, 1]), noiseBools([5], 2)),
      tf.logicalOr(noiseBools([3, 1]), noiseBools([5], 2)),
      tf.logicalXor(noiseBools([7]), noiseBools([7], 2)),
    ],
    addN: () => tf.addN([noise([3]), noise([3], { seed: 2 }), noise([3], { seed: 3 })]),
    where: () => tf.where(noiseBools([3, 5]), noise([3, 5]), noise([3, 5], { seed: 2 })),
    'where, condition broadcast': () =>
      tf.where(noiseBools([3, 1]), noiseIntegers([3, 5]), noiseIntegers([3, 5], { seed: 2 })),
    'empty tensors': () => [
      tf.add(noise([0, 3]), noise([3])),
      tf.sum(noise([0, 3]), 0),
      tf.concat([noise([0, 3]), noise([2, 3])]),
    ],
    'NaN in maximum': () => tf.maximum(specialValues(), tf.scalar(1)),
  });
  it('integer division by zero is a value, not a crash', () => {
    expect(runOn('onnx', () => tf.mod(tf.scalar(3, 'int32'), tf.scalar(0, 'int32')))[0]!.values).toHaveLength(1);
  });
});
