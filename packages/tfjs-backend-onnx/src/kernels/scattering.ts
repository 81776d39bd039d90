// Kernels that write at given indices.

import { scatter_util, util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { and, cast, expand, slice, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { OnnxBackendError } from '../onnx-backend-error';
import { valuesAtHand } from './at-hand';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { shapeHolder } from './shape-holder';

export const scatteringKernels: KernelDefinition[] = [
  defineKernel<{ shape: number[] }>('ScatterNd', ({ inputs, attrs }) => {
    const updates = inputs.updates!;
    const type = updates.type === 'bool' ? 'int32' : updates.type;
    const into = expand(scalar(type, 0), attrs.shape);
    return cast(scatter('ScatterNd', inputs.indices!, cast(updates, type), into, 'add'), updates.type);
  }),
  defineKernel<{ outputShape: number[] }>('SparseToDense', ({ inputs, attrs }) => {
    const values = inputs.sparseValues!;
    const into = expand(reshape(cast(inputs.defaultValue!, values.type), []), attrs.outputShape);
    return scatter('SparseToDense', inputs.sparseIndices!, values, into, 'none');
  }),
  defineKernel('TensorScatterUpdate', ({ inputs }) =>
    scatter('TensorScatterUpdate', inputs.indices!, inputs.updates!, inputs.tensor!, 'none'),
  ),
  defineKernel<{ numSegments: number }>('UnsortedSegmentSum', ({ inputs, attrs }) =>
    segmentSum(inputs.x!, cast(inputs.segmentIds!, 'int32'), attrs.numSegments),
  ),
];

/** `into` with `updates` added or put at `indices`; a single update goes everywhere. */
function scatter(kernel: string, indices: Value, updates: Value, into: Value, reduction: 'add' | 'none'): Value {
  const shape = [...into.shape];
  const { sliceRank, numUpdates, strides } = scatter_util.calculateShapes(
    shapeHolder(updates),
    shapeHolder(indices),
    shape,
  );
  assertInside(kernel, indices, { sliceRank, strides, shape });
  if (sizeOf(shape) === 0 || numUpdates === 0) return into;
  const target = [numUpdates, ...shape.slice(sliceRank)];
  const aligned = updates.shape.length === 0 ? expand(updates, target) : reshape(updates, target);
  const places = reshape(cast(indices, 'int64'), [numUpdates, sliceRank]);
  return emit('ScatterND', [into, places, aligned], into, { attributes: { reduction } });
}

interface Extent {
  sliceRank: number;
  strides: number[];
  shape: number[];
}

/** Refuses indices that are known already, as tfjs does at the op. */
function assertInside(kernel: string, indices: Value, { sliceRank, strides, shape }: Extent): void {
  const given = valuesAtHand(indices);
  const rows = util.sizeFromShape(shape.slice(0, sliceRank));
  if (given === undefined || sizeOf(shape) === 0) return;
  for (let start = 0; start + sliceRank <= given.length; start += sliceRank) {
    const index = Array.from(given.slice(start, start + sliceRank), Number);
    const row = index.reduce((sum, part, axis) => sum + part * strides[axis]!, 0);
    if (row >= 0 && row < rows) continue;
    throw new OnnxBackendError({
      where: kernel,
      requirement: 'indices must lie inside the tensor',
      got: `Invalid indices: ${index} does not index into ${shape}`,
      remedy: 'check the indices',
    });
  }
}

/** Rows of `x` summed by segment; rows with an id outside [0, segments) count nowhere. */
function segmentSum(x: Value, ids: Value, segments: number): Value {
  const count = sizeOf(ids.shape);
  const rest = x.shape.slice(ids.shape.length);
  const inside = and(withScalar('GreaterOrEqual', ids, 0, 'bool'), withScalar('Less', ids, segments, 'bool'));
  const row = cast(where(inside, ids, scalar('int32', segments)), 'int64'); // strays go to a row that is cut off
  const zeros = expand(scalar(x.type, 0), [segments + 1, ...rest]);
  const rows = reshape(x, [count, ...rest]);
  const summed = emit('ScatterND', [zeros, reshape(row, [count, 1]), rows], zeros, {
    attributes: { reduction: 'add' },
  });
  return slice(summed, { begin: [0, ...rest.map(() => 0)], size: [segments, ...rest] });
}
