// How often each number occurs, and where a number would stand in a sorted row.

import { emit } from '../graph/emit';
import { literal, scalar } from '../graph/literals';
import { add, and, binary, cast, expand, lessThan, slice, unary, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface CountAttributes {
  size: number;
  binaryOutput?: boolean;
}

export const countingKernels: KernelDefinition[] = [
  defineKernel<CountAttributes>('Bincount', ({ inputs, attrs, backend }) => {
    const all = [1, sizeOf(inputs.x!.shape)];
    const { x, weights } = countable('Bincount', inputs.x!, inputs.weights!, backend);
    return reshape(countRows(reshape(x, all), weights, attrs.size), [attrs.size]);
  }),
  defineKernel<CountAttributes>('DenseBincount', ({ inputs, attrs, backend }) => {
    const { x, weights } = countable('DenseBincount', inputs.x!, inputs.weights!, backend);
    if (x.shape.length === 1)
      return reshape(countRows(reshape(x, [1, x.shape[0]!]), weights, attrs.size), [attrs.size]);
    if (!attrs.binaryOutput) return countRows(x, weights, attrs.size);
    const occurrences = countRows(x, expand(scalar('int32', 1), [0]), attrs.size);
    return cast(withScalar('Greater', occurrences, 0, 'bool'), weights.type);
  }),
  defineKernel<{ side: 'left' | 'right' }>('SearchSorted', ({ inputs, attrs }) => {
    const { sortedSequence, values } = inputs;
    const type = sortedSequence!.type === values!.type && values!.type !== 'bool' ? values!.type : 'float64';
    return searchSorted(cast(sortedSequence!, type), cast(values!, type), attrs.side);
  }),
];

/** Refuses negative numbers that are known already, as tfjs does at the op. */
function countable(where: string, x: Value, weights: Value, backend: OnnxBackend): { x: Value; weights: Value } {
  const negative = (backend.elementsAtHand(x) as Int32Array | undefined)?.find((value) => value < 0);
  if (negative === undefined) return { x: cast(x, 'int32'), weights };
  throw new OnnxBackendError({
    where,
    requirement: 'Input x must be non-negative!', // tfjs's own words
    got: String(negative),
    remedy: 'shift the values so that they begin at 0',
  });
}

/** `x` [R, n] int32 → [R, size]: the weights of each value in each row, or the number of times it occurs where there are none. */
function countRows(x: Value, weights: Value, size: number): Value {
  const [rows, columns] = x.shape as [number, number];
  const type = weights.type === 'float32' ? 'float32' : 'int32';
  const width = size + 1; // numbers from `size` on count in a last column, which is cut off
  const firstOfRow = Array.from({ length: rows }, (_, row) => row * width);
  const stray = withScalar('GreaterOrEqual', x, size, 'bool');
  const place = add(where(stray, scalar('int32', size), x), literal('int32', [rows, 1], firstOfRow));
  // negative numbers get a place outside the counts, which ONNX Runtime refuses
  const checked = where(withScalar('Less', x, 0, 'bool'), scalar('int32', rows * width), place);
  const count = rows * columns;
  const amounts =
    sizeOf(weights.shape) === 0 ? expand(scalar(type, 1), [count]) : cast(reshape(weights, [count]), type);
  const zeros = expand(scalar(type, 0), [rows * width]);
  const indices = reshape(cast(checked, 'int64'), [count, 1]);
  const counts =
    count === 0 ? zeros : emit('ScatterND', [zeros, indices, amounts], zeros, { attributes: { reduction: 'add' } });
  const inside = slice(reshape(counts, [rows, width]), { begin: [0, 0], size: [rows, size] });
  return cast(inside, weights.type);
}

/** `sorted` [B, n], `values` [B, m] → int32 [B, m]. Bisection as tfjs does it, so that rows with NaN agree too. */
function searchSorted(sorted: Value, values: Value, side: 'left' | 'right'): Value {
  const length = sorted.shape[1]!;
  let left = expand(scalar('int32', 0), values.shape);
  let right = expand(scalar('int32', length), values.shape);
  for (let steps = Math.ceil(Math.log2(length + 1)); steps > 0; steps--) {
    const open = lessThan(left, right);
    const middle = withScalar('Div', add(left, right), 2);
    const place = cast(withScalar('Min', middle, length - 1), 'int64');
    const element = emit(
      'GatherElements',
      [sorted, place],
      { type: sorted.type, shape: values.shape },
      { attributes: { axis: 1 } },
    );
    const isBelow = binary(side === 'left' ? 'Less' : 'LessOrEqual', element, values, 'bool');
    left = where(and(open, isBelow), withScalar('Add', middle, 1), left);
    right = where(and(open, unary('Not', isBelow)), middle, right);
  }
  return right;
}
