import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

import { binaryOps } from '../__fixtures__/binary-ops';
import { agree, noise, noiseBools, noiseIntegers, specialValues } from '../__fixtures__/on-both-backends';

/** Every pair of special values, -0 among them: [8, 1] and [8]. */
function pairs(): [tf.Tensor2D, tf.Tensor1D] {
  const values = [...specialValues().dataSync(), -0];
  return [tf.tensor2d(values, [values.length, 1]), tf.tensor1d(values)];
}

const integers = () => tf.tensor1d([-7, -4, -1, 0, 1, 4, 7, 2147483647, -2147483648], 'int32');

describe('numbers at the edges agree with the CPU backend', () => {
  const ops = {
    ...binaryOps,
    atan2: tf.atan2,
    pow: tf.pow,
    floorDiv: tf.floorDiv,
    divNoNan: tf.divNoNan,
    prelu: tf.prelu,
  } satisfies Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>;
  for (const [name, op] of Object.entries(ops) as [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor][])
    agree({ [`${name} of special values`]: () => op(...pairs()) });
  for (const name of ['add', 'sub', 'mul', 'maximum', 'div', 'mod', 'floorDiv', 'atan2', 'equal', 'less'] as const) {
    const divisors = () => tf.tensor2d([-3, -1, 1, 2, 5], [5, 1], 'int32');
    agree({ [`${name} of int32 at the limits`]: () => ops[name](integers(), divisors()) });
  }
  for (const name of ['div', 'mod', 'floorDiv'] as const) {
    agree({ [`${name} of int32 by zero`]: () => ops[name](integers(), tf.scalar(0, 'int32')) });
  }
  agree({
    'atan2 of bools': () => tf.atan2(noiseBools([7]), noiseBools([7], 2)),
    bitwiseAnd: () => tf.bitwiseAnd(integers(), tf.tensor1d([5, -1, 255, 3, -2, 6, 0, -1, -1], 'int32')),
  });
  const unary = {
    abs: tf.abs,
    neg: tf.neg,
    sign: tf.sign,
    square: tf.square,
    sqrt: tf.sqrt,
    rsqrt: tf.rsqrt,
    exp: tf.exp,
    expm1: tf.expm1,
    log: tf.log,
    log1p: tf.log1p,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    softplus: tf.softplus,
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    selu: tf.selu,
    leakyRelu: tf.leakyRelu,
    floor: tf.floor,
    ceil: tf.ceil,
    round: tf.round,
    reciprocal: tf.reciprocal,
    erf: tf.erf,
    atan: tf.atan,
    asinh: tf.asinh,
    sin: tf.sin,
    cos: tf.cos,
    tan: tf.tan,
    sinh: tf.sinh,
    cosh: tf.cosh,
    asin: tf.asin,
    acos: tf.acos,
    acosh: tf.acosh,
    atanh: tf.atanh,
    step: tf.step,
    isNaN: tf.isNaN,
    isInf: tf.isInf,
    isFinite: tf.isFinite,
    clip: (x: tf.Tensor) => tf.clipByValue(x, -1, 1),
    cumsum: (x: tf.Tensor) => tf.cumsum(x),
    softmax: (x: tf.Tensor) => tf.softmax(x),
    castToBool: (x: tf.Tensor) => tf.cast(x, 'bool'),
    castToInt: (x: tf.Tensor) => tf.cast(tf.concat([x, tf.tensor1d([2147483648, 3e9, -3e9, 1e15])]), 'int32'),
  } satisfies Record<string, (x: tf.Tensor) => tf.Tensor>;
  for (const [name, op] of Object.entries(unary))
    agree({ [`${name} of special values`]: () => op(specialValues()) }, 1e-5);
});

describe('running products agree with the CPU backend', () => {
  const cases = [
    [0, false, false],
    [1, true, false],
    [1, false, true],
    [1, true, true],
  ] as const;
  for (const [axis, exclusive, reverse] of cases) {
    agree({
      [`cumprod along ${axis}, exclusive ${exclusive}, reverse ${reverse}`]: () => [
        tf.cumprod(noise([5, 7]), axis, exclusive, reverse),
        tf.cumprod(noiseIntegers([5, 7]), axis, exclusive, reverse),
      ],
    });
  }
  agree({
    'cumprod of special values, bools, one element, nothing': () => [
      tf.cumprod(specialValues()),
      tf.cumprod(noiseBools([7])),
      tf.cumprod(noise([1])),
      tf.cumprod(noise([3, 0]), 1),
    ],
    'cumprod that wraps around': () => tf.cumprod(tf.fill([40], 3, 'int32')),
    diag: () => [
      tf.diag(specialValues()),
      tf.diag(noiseIntegers([2, 3])),
      tf.diag(noiseBools([3])),
      tf.diag(noise([1, 2, 2])),
    ],
  });
});
