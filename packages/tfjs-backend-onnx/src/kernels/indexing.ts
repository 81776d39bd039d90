// Kernels that read at given indices.

import { backend_util, type DataType, gather_util, util } from '@tensorflow/tfjs-core';

import { type ElementArray, elementTypeOf } from '../graph/element-type';
import { emit, emitMany } from '../graph/emit';
import { int64s, literal, scalar } from '../graph/literals';
import { add, cast, equal, gather, transpose, where } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { OnnxBackendError } from '../onnx-backend-error';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { shapeHolder } from './shape-holder';

export const indexingKernels: KernelDefinition[] = [
  defineKernel<{ axis: number; batchDims: number }>('GatherV2', ({ inputs, attrs, backend }) => {
    const x = inputs.x!;
    const [axis] = util.parseAxisParam(attrs.axis, [...x.shape]);
    const indices = cast(inputs.indices!, 'int32');
    // throws where the arguments do not fit
    backend_util.segment_util.collectGatherOpShapeInfo(
      shapeHolder(x),
      shapeHolder(indices),
      axis!,
      attrs.batchDims ?? 0,
    );
    assertInRange(backend.elementsAtHand(indices), x.shape[axis!]!);
    const batchDims = (attrs.batchDims ?? 0) < 0 ? attrs.batchDims + indices.shape.length : (attrs.batchDims ?? 0);
    return batchDims === 0 ? gather(x, indices, axis!) : batchedGather(x, indices, axis!, batchDims);
  }),
  defineKernel('GatherNd', ({ inputs }) => {
    const params = inputs.params!;
    const indices = cast(inputs.indices!, 'int64');
    gather_util.prepareAndValidate(shapeHolder(params), shapeHolder(inputs.indices!));
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1)!)];
    return emit('GatherND', [params, indices], { type: params.type, shape });
  }),
  defineKernel<OneHotAttributes>('OneHot', ({ inputs, attrs }) => oneHot(inputs.indices!, attrs)),
  defineKernel<{ k: number; sorted: boolean }>('TopK', ({ inputs, attrs }) => {
    const x = inputs.x!;
    const shape = x.shape.with(-1, attrs.k);
    const [values, indices] = emitMany(
      'TopK',
      [x, int64s([attrs.k])],
      [
        { type: x.type, shape },
        { type: 'int64', shape },
      ],
      { attributes: { axis: -1, sorted: 1 } },
    ) as [Value, Value];
    return [values, cast(indices, 'int32')];
  }),
];

/** Refuses indices that are known already, as tfjs does at the op. */
function assertInRange(indices: ElementArray | undefined, size: number): void {
  const outside = (indices as Int32Array | undefined)?.find((index) => index < 0 || index >= size);
  if (outside === undefined) return;
  throw new OnnxBackendError({
    where: 'gather',
    requirement: 'indices must lie inside the axis',
    got: `GatherV2: the index value ${outside} is not in [0, ${size - 1}]`, // tfjs's own words
    remedy: 'check the indices',
  });
}

interface OneHotAttributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: DataType;
}

/** Gather where the first `batchDims` axes of both arguments are walked together. */
function batchedGather(x: Value, indices: Value, axis: number, batchDims: number): Value {
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const size = x.shape[axis]!;
  const outer = x.shape.slice(batchDims, axis);
  const inner = x.shape.slice(axis + 1);
  // axis next to the batch, so that (batch, index) is one row number
  const axisFirst = [...range(0, batchDims), axis, ...range(batchDims, axis), ...range(axis + 1, x.shape.length)];
  const rows = reshape(transpose(x, axisFirst), [batch * size, ...outer, ...inner]);
  const perBatch = sizeOf(indices.shape.slice(batchDims));
  const offsets = literal(
    'int32',
    [batch, 1],
    range(0, batch).map((row) => row * size),
  );
  const taken = gather(rows, add(reshape(indices, [batch, perBatch]), offsets), 0); // [batch, perBatch, outer, inner]
  const outerLast = range(2, 2 + outer.length);
  const innerLast = range(2 + outer.length, 2 + outer.length + inner.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...inner];
  return reshape(transpose(taken, [0, ...outerLast, 1, ...innerLast]), shape);
}

function oneHot(indices: Value, { depth, onValue, offValue, dtype }: OneHotAttributes): Value {
  const type = elementTypeOf('OneHot', dtype ?? 'int32');
  const classes = literal('int32', [depth], range(0, depth));
  const hit = equal(reshape(cast(indices, 'int32'), [...indices.shape, 1]), classes);
  if (onValue === 1 && offValue === 0) return cast(hit, type);
  return where(hit, scalar(type, onValue), scalar(type, offValue));
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
