// Kernels that move no data: several tensors over one data id, casts, constants.

import { type DataType, util } from '@tensorflow/tfjs-core';

import { elementTypeOf } from '../graph/element-type';
import { scalar } from '../graph/literals';
import { cast, expand, where } from '../graph/operators';
import { reshape } from '../graph/reshape';
import type { Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { toInteger } from './to-integer';

export const storageKernels: KernelDefinition[] = [
  sameData('Identity', (shape) => shape),
  sameData('Reshape', (shape, attrs) =>
    util.inferFromImplicitShape(attrs.shape as number[], util.sizeFromShape(shape)),
  ),
  sameData('ExpandDims', (shape, attrs) => expandedShape(shape, attrs.dim as number)),
  defineKernel<{ dtype: DataType }>('Cast', ({ inputs, attrs }) => {
    const type = elementTypeOf('Cast', attrs.dtype);
    return type === 'int32' ? toInteger(inputs.x!) : cast(inputs.x!, type);
  }),
  defineKernel<{ shape: number[]; value: number; dtype: DataType }>('Fill', ({ attrs }) =>
    expand(scalar(elementTypeOf('Fill', attrs.dtype ?? 'float32'), attrs.value), attrs.shape),
  ),
  defineKernel('ZerosLike', ({ inputs }) => expand(scalar(inputs.x!.type, 0), inputs.x!.shape)),
  defineKernel('OnesLike', ({ inputs }) => expand(scalar(inputs.x!.type, 1), inputs.x!.shape)),
  defineKernel('Select', ({ inputs }) => select(inputs.condition!, inputs.t!, inputs.e!)),
];

/** A kernel whose result shares the memory of its only input. */
function sameData(
  kernelName: string,
  shapeOf: (shape: number[], attrs: Record<string, unknown>) => number[],
): KernelDefinition {
  return {
    kernelName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const onnx = backend as OnnxBackend;
      const x = (inputs.x ?? inputs.input)!;
      onnx.assertUsable(x, kernelName);
      onnx.share(x.dataId);
      return { dataId: x.dataId, shape: shapeOf(x.shape, attrs as Record<string, unknown>), dtype: x.dtype };
    },
  };
}

function expandedShape(shape: number[], dim: number): number[] {
  util.assert(
    -(shape.length + 1) <= dim,
    () => `Axis must be in the interval [${-(shape.length + 1)}, ${shape.length}]`,
  );
  return shape.toSpliced(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
}

/** A condition of lower rank selects whole slices along the first axis. */
function select(condition: Value, t: Value, e: Value): Value {
  const trailing = t.shape.length - condition.shape.length;
  const aligned =
    condition.shape.length === 0
      ? condition
      : reshape(condition, [...condition.shape, ...new Array<number>(trailing).fill(1)]);
  const type = t.type === e.type ? t.type : 'float32';
  return where(cast(aligned, 'bool'), cast(t, type), cast(e, type));
}
