import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { expectAgreement, noise, noiseBools, noiseIntegers, runOn } from '../__fixtures__/on-both-backends';

type Compute = () => tf.Tensor | tf.Tensor[];

const special = () => tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0.5, 2.5, -3.7]);

function agree(cases: Record<string, Compute>, tolerance?: number) {
  it.each(Object.entries(cases))('%s', (_, compute) => {
    expectAgreement(compute, tolerance);
  });
}

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
      tf.relu(special()),
      tf.sign(special()),
      tf.isNaN(special()),
      tf.isFinite(special()),
      tf.abs(special()),
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
  const ops = {
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    div: tf.div,
    maximum: tf.maximum,
    minimum: tf.minimum,
    squaredDifference: tf.squaredDifference,
    mod: tf.mod,
    equal: tf.equal,
    notEqual: tf.notEqual,
    greater: tf.greater,
    greaterEqual: tf.greaterEqual,
    less: tf.less,
    lessEqual: tf.lessEqual,
  } satisfies Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>;
  for (const [name, op] of Object.entries(ops)) {
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
    'NaN in maximum': () => tf.maximum(special(), tf.scalar(1)),
  });
  it('integer division by zero is a value, not a crash', () => {
    expect(runOn('onnx', () => tf.mod(tf.scalar(3, 'int32'), tf.scalar(0, 'int32')))[0]!.values).toHaveLength(1);
  });
});

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
    'NaN wins in max': () => [tf.max(special()), tf.min(special())],
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
