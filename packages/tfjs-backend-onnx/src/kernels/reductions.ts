// Kernels that reduce axes.

import { util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { add, cast, expand, isNotANumber, reduce, where } from '../graph/operators';
import { sizeOf, type Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

export const reductionKernels: KernelDefinition[] = [
  reduction('Sum', (x, axes, keepDims) => {
    const summed = x.type === 'bool' ? cast(x, 'int32') : x;
    return reduceOr(0, 'ReduceSum', summed, axes, keepDims);
  }),
  reduction('Mean', (x, axes, keepDims) => reduceOr(0, 'ReduceMean', cast(x, 'float32'), axes, keepDims)),
  reduction('Prod', (x, axes, keepDims) =>
    reduceOr(1, 'ReduceProd', x.type === 'bool' ? cast(x, 'int32') : x, axes, keepDims),
  ),
  reduction('Max', (x, axes, keepDims) => extremum('ReduceMax', Number.NEGATIVE_INFINITY, x, axes, keepDims)),
  reduction('Min', (x, axes, keepDims) => extremum('ReduceMin', Number.POSITIVE_INFINITY, x, axes, keepDims)),
  reduction('All', (x, axes, keepDims) => cast(reduceOr(1, 'ReduceMin', cast(x, 'int32'), axes, keepDims), 'bool')),
  reduction('Any', (x, axes, keepDims) => cast(reduceOr(0, 'ReduceMax', cast(x, 'int32'), axes, keepDims), 'bool')),
  positionOf('ArgMax', Number.NEGATIVE_INFINITY),
  positionOf('ArgMin', Number.POSITIVE_INFINITY),
];

interface ReductionAttributes {
  axis?: number | number[];
  /** What Max calls its axis. */
  reductionIndices?: number | number[];
  keepDims: boolean;
}

function reduction(
  kernelName: string,
  compute: (x: Value, axes: number[], keepDims: boolean) => Value,
): KernelDefinition {
  return defineKernel<ReductionAttributes>(kernelName, ({ inputs, attrs }) => {
    const x = inputs.x!;
    return compute(
      x,
      util.parseAxisParam(attrs.axis ?? attrs.reductionIndices!, [...x.shape]),
      attrs.keepDims ?? false,
    );
  });
}

/** The largest or smallest element; bools are compared as integers, and one NaN makes the result NaN as in tfjs. */
function extremum(operator: string, neutral: number, x: Value, axes: number[], keepDims: boolean): Value {
  if (x.type === 'bool') return cast(reduceOr(neutral, operator, cast(x, 'int32'), axes, keepDims), 'bool');
  const result = reduceOr(neutral, operator, x, axes, keepDims);
  if (x.type !== 'float32' || sizeOf(x.shape) === 0) return result;
  const poison = where(isNotANumber(x), x, scalar('float32', 0)); // ONNX Runtime's reductions pass over NaN
  return add(result, reduce('ReduceSum', poison, axes, keepDims));
}

/** The reduction, or its neutral element where there is nothing to reduce. */
function reduceOr(neutral: number, operator: string, x: Value, axes: number[], keepDims: boolean): Value {
  if (sizeOf(x.shape) > 0) return reduce(operator, x, axes, keepDims);
  const { shape } = reduce(operator, x, axes, keepDims);
  return expand(scalar(x.type, x.type === 'float32' || Number.isFinite(neutral) ? neutral : 0), shape);
}

/** `worst` stands in for NaN, which tfjs passes over. */
function positionOf(operator: string, worst: number): KernelDefinition {
  return defineKernel<{ axis: number | number[] }>(operator, ({ inputs, attrs }) => {
    const given = inputs.x!.type === 'bool' ? cast(inputs.x!, 'int32') : inputs.x!;
    const x = given.type === 'float32' ? where(isNotANumber(given), scalar('float32', worst), given) : given;
    const [axis] = util.parseAxisParam(attrs.axis, [...x.shape]);
    const shape = x.shape.filter((_, other) => other !== axis);
    return cast(emit(operator, [x], { type: 'int64', shape }, { attributes: { axis: axis!, keepdims: 0 } }), 'int32');
  });
}
