// Kernels that write at given indices.

import { scatter_util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { and, cast, expand, slice, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { shapeHolder } from './shape-holder';

export const scatteringKernels: KernelDefinition[] = [
  defineKernel<{ shape: number[] }>('ScatterNd', ({ inputs, attrs, backend }) => {
    const updates = inputs.updates!;
    const type = updates.type === 'bool' ? 'int32' : updates.type;
    const into = expand(scalar(type, 0), attrs.shape);
    const indices = inside('ScatterNd', inputs.indices!, updates, attrs.shape, backend);
    return cast(scatter(indices, cast(updates, type), into, 'add'), updates.type);
  }),
  defineKernel<{ outputShape: number[] }>('SparseToDense', ({ inputs, attrs, backend }) => {
    const values = inputs.sparseValues!;
    const indices = inside('SparseToDense', inputs.sparseIndices!, values, attrs.outputShape, backend);
    const into = expand(reshape(cast(inputs.defaultValue!, values.type), []), attrs.outputShape);
    return scatter(indices, values, into, 'none');
  }),
  defineKernel('TensorScatterUpdate', ({ inputs, backend }) => {
    const { tensor, updates } = inputs as { tensor: Value; updates: Value };
    const indices = inside('TensorScatterUpdate', inputs.indices!, updates, tensor.shape, backend);
    return scatter(indices, updates, tensor, 'none');
  }),
  defineKernel<{ numSegments: number }>('UnsortedSegmentSum', ({ inputs, attrs }) =>
    segmentSum(inputs.x!, cast(inputs.segmentIds!, 'int32'), attrs.numSegments),
  ),
];

/** `into` with `updates` added or put at `indices` [n, axes]; a single update goes everywhere. */
function scatter(indices: Value, updates: Value, into: Value, reduction: 'add' | 'none'): Value {
  const [count, depth] = indices.shape as [number, number];
  if (sizeOf(into.shape) === 0 || count === 0) return into;
  const target = [count, ...into.shape.slice(depth)];
  const aligned = updates.shape.length === 0 ? expand(updates, target) : reshape(updates, target);
  return emit('ScatterND', [into, indices, aligned], into, { attributes: { reduction } });
}

/** `indices` as int64 [n, axes]. Refuses those that are known already and lie outside `shape`, as tfjs does at the op. */
function inside(kernel: string, indices: Value, updates: Value, shape: readonly number[], backend: OnnxBackend): Value {
  const extent = scatter_util.calculateShapes(shapeHolder(updates), shapeHolder(indices), [...shape]);
  const { sliceRank: depth, numUpdates, strides } = extent;
  const rows = sizeOf(shape.slice(0, depth));
  const given = sizeOf(shape) === 0 ? undefined : backend.elementsAtHand(indices);
  for (let start = 0; given !== undefined && start < given.length; start += depth) {
    const index = Array.from(given.slice(start, start + depth), Number);
    const row = index.reduce((sum, part, axis) => sum + part * strides[axis]!, 0);
    if (row >= 0 && row < rows) continue;
    throw new OnnxBackendError({
      where: kernel,
      requirement: 'indices must lie inside the tensor',
      got: `Invalid indices: ${index} does not index into ${shape}`, // tfjs's own words
      remedy: 'check the indices',
    });
  }
  return reshape(cast(indices, 'int64'), [numUpdates, depth]);
}

/** Rows of `x` summed by segment; rows with an id outside [0, segments) count nowhere. */
function segmentSum(x: Value, ids: Value, segments: number): Value {
  const count = sizeOf(ids.shape);
  const rest = x.shape.slice(ids.shape.length);
  const isInside = and(withScalar('GreaterOrEqual', ids, 0, 'bool'), withScalar('Less', ids, segments, 'bool'));
  const row = cast(where(isInside, ids, scalar('int32', segments)), 'int64'); // other ids count in a last row, which is cut off
  const zeros = expand(scalar(x.type, 0), [segments + 1, ...rest]);
  const rows = reshape(x, [count, ...rest]);
  const summed = emit('ScatterND', [zeros, reshape(row, [count, 1]), rows], zeros, {
    attributes: { reduction: 'add' },
  });
  return slice(summed, { begin: [0, ...rest.map(() => 0)], size: [segments, ...rest] });
}
