// ONNX operators with shape inference: the vocabulary in which kernels are written.

import { broadcast_util } from '@tensorflow/tfjs-core';

import { type ElementType, onnxDataType } from './element-type';
import { type EmitOptions, emit, emitMany } from './emit';
import { int64s, scalar } from './literals';
import { sameShape } from './reshape';
import { sizeOf, storedValue, type Value } from './value';

type Attributes = EmitOptions['attributes'];

/** One-input operator that keeps shape and type. */
export function unary(operator: string, x: Value, attributes?: Attributes, domain?: string): Value {
  return emit(operator, [x], x, { attributes, domain });
}

/** Two-input operator with broadcasting; the result has the type of `a`. */
export function binary(
  operator: string,
  a: Value,
  b: Value,
  type: ElementType = a.type,
  attributes?: Attributes,
): Value {
  return emit(operator, [a, b], { type, shape: broadcastShape(a, b) }, { attributes });
}

export const add = (a: Value, b: Value) => binary('Add', a, b);
export const subtract = (a: Value, b: Value) => binary('Sub', a, b);
/** The product. A factor of broadcast ones, common in tfjs's gradients, becomes an expansion of the other factor. */
export function multiply(a: Value, b: Value): Value {
  if (isOnes(b)) return expand(a, broadcastShape(a, b));
  if (isOnes(a)) return expand(b, broadcastShape(a, b));
  return binary('Mul', a, b);
}

export const divide = (a: Value, b: Value) => binary('Div', a, b);
export const lessThan = (a: Value, b: Value) => binary('Less', a, b, 'bool');
export const equal = (a: Value, b: Value) => binary('Equal', a, b, 'bool');
export const and = (a: Value, b: Value) => binary('And', a, b, 'bool');
export const or = (a: Value, b: Value) => binary('Or', a, b, 'bool');

function isOnes({ node }: Value): boolean {
  if (node?.operator !== 'Expand') return false;
  const one = node.inputs[0]!;
  return one.storage?.literal === true && one.shape.length === 0 && Number(one.storage.data![0]) === 1;
}

export const isNotANumber = (x: Value) => emit('IsNaN', [x], { type: 'bool', shape: x.shape });

/** `a` with a scalar of its own type. */
export function withScalar(operator: string, a: Value, b: number, type: ElementType = a.type): Value {
  return binary(operator, a, scalar(a.type, b), type);
}

export function cast(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return emit('Cast', [x], { type, shape: x.shape }, { attributes: { to: onnxDataType[type] } });
}

export function where(condition: Value, a: Value, b: Value): Value {
  const shape = broadcast_util.assertAndGetBroadcastShape(broadcastShape(condition, a), [...b.shape]);
  if (a.type === 'bool') return cast(where(condition, cast(a, 'int32'), cast(b, 'int32')), 'bool');
  return emit('Where', [condition, a, b], { type: a.type, shape });
}

export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.every((from, to) => from === to)) return x;
  const node = x.node;
  if (node?.operator === 'Transpose') {
    const inner = node.attributes.perm as readonly number[];
    return transpose(
      node.inputs[0]!,
      permutation.map((axis) => inner[axis]!),
    );
  }
  const shape = permutation.map((axis) => x.shape[axis]!);
  return emit('Transpose', [x], { type: x.type, shape }, { attributes: { perm: permutation } });
}

export function concat(values: readonly Value[], axis: number): Value {
  const filledValues = values.filter((value) => sizeOf(value.shape) > 0);
  if (filledValues.length === 1) return filledValues[0]!;
  const { type, shape } = values[0]!;
  const total = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return emit('Concat', filledValues, { type, shape: shape.with(axis, total) }, { attributes: { axis } });
}

export interface SliceOptions {
  begin: readonly number[];
  /** Elements taken on each axis. */
  size: readonly number[];
  /** Default 1; negative steps walk backwards from `begin`. */
  strides?: readonly number[];
}

export function slice(x: Value, { begin, size, strides = begin.map(() => 1) }: SliceOptions): Value {
  if (strides.every((stride) => stride === 1) && sameShape(size, x.shape)) return x;
  const view = strides.every((stride) => stride === 1) ? viewOfPlaceholder(x, begin, size) : undefined;
  if (view !== undefined) return view;
  const end = begin.map((first, axis) => {
    const stride = strides[axis]!;
    const last = first + size[axis]! * stride;
    return stride < 0 && last < 0 ? -(2 ** 31) : last; // a negative end would count from the back
  });
  const axes = begin.map((_, axis) => axis);
  return emit('Slice', [x, int64s(begin), int64s(end), int64s(axes), int64s(strides)], { type: x.type, shape: size });
}

/**
 * The part of an input or variable of a compiled step that is one stretch of its memory: it is fed as it lies, at no cost.
 * (Computed tensors outside of steps are copied: a small part must not keep a large tensor in memory.)
 */
function viewOfPlaceholder(x: Value, begin: readonly number[], size: readonly number[]): Value | undefined {
  if (x.storage === undefined || x.storage.data !== undefined || sizeOf(size) === 0) return undefined;
  const first = size.findIndex((length) => length > 1); // axes before it are single positions
  const isStretch = size.every((length, axis) => axis <= first || first < 0 || length === x.shape[axis]);
  if (!isStretch) return undefined;
  const offset = begin.reduce((position, index, axis) => position * x.shape[axis]! + index, 0);
  return storedValue(x.storage, size, x.offset + offset);
}

export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  if (sizes.length === 1) return [x];
  const views = splitOfPlaceholder(x, sizes, axis);
  if (views !== undefined) return views;
  const outputs = sizes.map((size) => ({ type: x.type, shape: x.shape.with(axis, size) }));
  return emitMany('Split', [x, int64s(sizes)], outputs, { attributes: { axis } });
}

function splitOfPlaceholder(x: Value, sizes: readonly number[], axis: number): Value[] | undefined {
  let position = 0;
  const views = sizes.map((size) => {
    const begin = x.shape.map((_, other) => (other === axis ? position : 0));
    position += size;
    return viewOfPlaceholder(x, begin, x.shape.with(axis, size));
  });
  return views.every((view) => view !== undefined) ? views : undefined;
}

export type PadMode = 'constant' | 'reflect' | 'edge';

/** Pads `x` by [before, after] on each axis. */
export function pad(x: Value, paddings: readonly (readonly number[])[], value = 0, mode: PadMode = 'constant'): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((size, axis) => size + paddings[axis]![0]! + paddings[axis]![1]!);
  const amounts = int64s([...paddings.map((padding) => padding[0]!), ...paddings.map((padding) => padding[1]!)]);
  const fill = mode === 'constant' ? scalar(x.type, value) : undefined;
  return emit('Pad', [x, amounts, fill], { type: x.type, shape }, { attributes: { mode } });
}

/** Repeats size-1 axes (and adds leading ones) until the shape is `shape`. */
export function expand(x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : emit('Expand', [x, int64s(shape)], { type: x.type, shape });
}

/** Takes the slices of `x` that `indices` name along `axis`. */
export function gather(x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return emit('Gather', [x, indices], { type: x.type, shape }, { attributes: { axis } });
}

/** `ReduceSum` and its kin over `axes`. */
export function reduce(operator: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  if (axes.length === 0) return x;
  const shape = keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return emit(operator, [x, int64s(axes)], { type: x.type, shape }, { attributes: { keepdims: keepDims ? 1 : 0 } });
}

export interface MatMulOptions {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** Product over the last two axes; leading axes broadcast. */
export function matMul(a: Value, b: Value, { transposeA = false, transposeB = false }: MatMulOptions = {}): Value {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const output = { type: a.type, shape: [...batch, rows, columns] };
  if (!transposeA && !transposeB) return emit('MatMul', [a, b], output);
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return emit('FusedMatMul', [a, b], output, { attributes, domain: 'com.microsoft' });
}

function broadcastShape(a: Value, b: Value): number[] {
  return broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
}
