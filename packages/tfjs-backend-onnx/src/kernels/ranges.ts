// Kernels that make tensors from numbers alone.

import type { DataType } from '@tensorflow/tfjs-core';

import { allocate, elementTypeOf } from '../graph/element-type';
import { literalValue, type Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

export const rangeKernels: KernelDefinition[] = [
  defineKernel<{ start: number; stop: number; step: number; dtype: DataType }>('Range', ({ attrs }) => {
    const { start, stop, step, dtype } = attrs;
    // tfjs counts down by itself when only the step of 1 was left at its default
    const stride = stop < start && step === 1 ? -1 : step;
    const reachable = stride !== 0 && Math.sign(stop - start) === Math.sign(stride);
    const length = reachable ? Math.abs(Math.ceil((stop - start) / stride)) : 0;
    return sequence(length, start, stride, dtype ?? 'float32');
  }),
  defineKernel<{ start: number; stop: number; num: number }>('LinSpace', ({ attrs }) => {
    const { start, stop, num } = attrs;
    return sequence(num, start, num > 1 ? (stop - start) / (num - 1) : 0, 'float32');
  }),
];

function sequence(length: number, start: number, step: number, dtype: DataType): Value {
  const type = elementTypeOf('Range', dtype);
  const data = allocate(type, length) as Float32Array;
  for (let index = 0; index < length; index++) data[index] = start + index * step;
  return literalValue(type, [length], data);
}
