// Local response normalization across channels, and its gradient.

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { binary, cast, divide, multiply, subtract, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface LocalResponseAttributes {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

export const localResponseKernels: KernelDefinition[] = [
  defineKernel<LocalResponseAttributes>('LRN', ({ inputs, attrs }) => {
    const x = cast(inputs.x!, 'float32');
    return cast(multiply(x, power(normOf(x, attrs), -attrs.beta)), inputs.x!.type);
  }),
  // With the norm n = bias + alpha Σ x², y = x n^-beta:  dx = dy n^-beta - 2 alpha beta x Σ dy y / n, both sums over the neighbors.
  defineKernel<LocalResponseAttributes>('LRNGrad', ({ inputs, attrs }) => {
    const { depthRadius, alpha, beta } = attrs;
    const [x, y, dy] = [inputs.x!, inputs.y!, inputs.dy!].map((value) => cast(value, 'float32')) as [
      Value,
      Value,
      Value,
    ];
    const norm = normOf(x, attrs);
    const direct = multiply(dy, power(norm, -beta));
    const shares = neighborSum(divide(multiply(dy, y), norm), depthRadius);
    return cast(subtract(direct, withScalar('Mul', multiply(x, shares), 2 * alpha * beta)), inputs.x!.type);
  }),
];

function normOf(x: Value, { depthRadius, bias, alpha }: LocalResponseAttributes): Value {
  return withScalar('Add', withScalar('Mul', neighborSum(multiply(x, x), depthRadius), alpha), bias);
}

function power(base: Value, exponent: number): Value {
  return binary('Pow', base, scalar('float32', exponent));
}

/** For each channel of `x` [N, H, W, C] the sum over those at most `radius` away: an average pool along the channels. */
function neighborSum(x: Value, radius: number): Value {
  const channels = x.shape.at(-1)!;
  const reach = Math.min(radius, channels - 1);
  if (reach <= 0) return x;
  const rows = reshape(x, [sizeOf(x.shape) / channels, 1, channels]);
  const size = 2 * reach + 1;
  const attributes = { kernel_shape: [size], strides: [1], pads: [reach, reach], count_include_pad: 1 };
  return reshape(withScalar('Mul', emit('AveragePool', [rows], rows, { attributes }), size), x.shape);
}
