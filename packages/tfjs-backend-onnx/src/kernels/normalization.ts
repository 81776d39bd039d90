// Softmax and batch normalization.

import { add, cast, divide, multiply, subtract, unary, withScalar } from '../graph/operators';
import { defineKernel, type KernelDefinition } from './define-kernel';

export const normalizationKernels: KernelDefinition[] = [
  defineKernel<{ dim: number }>('Softmax', ({ inputs, attrs }) =>
    unary('Softmax', cast(inputs.logits!, 'float32'), { axis: attrs.dim }),
  ),
  defineKernel<{ axis: number }>('LogSoftmax', ({ inputs, attrs }) =>
    unary('LogSoftmax', cast(inputs.logits!, 'float32'), { axis: attrs.axis }),
  ),
  defineKernel<{ varianceEpsilon: number }>('FusedBatchNorm', ({ inputs, attrs }) => {
    const { x, mean, variance, offset, scale } = inputs;
    const deviation = unary('Sqrt', withScalar('Add', variance!, attrs.varianceEpsilon));
    const centered = subtract(x!, mean!);
    const scaled = scale === undefined ? divide(centered, deviation) : multiply(centered, divide(scale, deviation));
    return offset === undefined ? scaled : add(scaled, offset);
  }),
];
