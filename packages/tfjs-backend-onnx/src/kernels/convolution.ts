// Convolution and its two gradients, channels last, for any number of spatial axes.

import { emit } from '../graph/emit';
import { concat, matMul, pad, reduce, slice, transpose } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { axes, toChannelsFirst, toChannelsLast, toFilterFirst } from './channels';
import { effectiveFilter, type Window, windowAttributes } from './window';

/** `x` [N, ...spatial, I], `filter` [...window, I, O] → [N, ...output, O] */
export function convolve(x: Value, filter: Value, window: Window, groups = 1): Value {
  const outputs = filter.shape.at(-1)!;
  const shape = [x.shape[0]!, ...window.outputSize, outputs];
  if (isPointwise(window) && groups === 1) {
    return reshape(matMul(asMatrix(x), reshape(filter, filter.shape.slice(-2))), shape);
  }
  const attributes = { ...windowAttributes(window), group: groups };
  const output = { type: x.type, shape: [x.shape[0]!, outputs, ...window.outputSize] };
  return toChannelsLast(emit('Conv', [toChannelsFirst(x), toFilterFirst(filter)], output, { attributes }));
}

/** Gradient by the input: `dy` [N, ...output, O], `filter` [...window, I/groups, O] → [N, ...spatial, I] */
export function convolveInputGradient(given: Value, filter: Value, window: Window, groups = 1): Value {
  // a transposed convolution may be given more than the windows it has; tfjs reads no further
  const extentOfDy = [given.shape[0]!, ...window.outputSize, given.shape.at(-1)!];
  const dy = slice(given, { begin: extentOfDy.map(() => 0), size: extentOfDy });
  const inputs = filter.shape.at(-2)! * groups;
  const shape = [dy.shape[0]!, ...window.inputSize, inputs];
  if (isPointwise(window) && groups === 1) {
    return reshape(matMul(asMatrix(dy), reshape(filter, filter.shape.slice(-2)), { transposeB: true }), shape);
  }
  const mirrored = mirroredWindow(window);
  if (mirrored !== undefined && groups === 1) return convolve(dy, mirroredFilter(filter), mirrored);
  const extent = effectiveFilter(window);
  const padding = window.inputSize.map((size, axis) => {
    const covered = (window.outputSize[axis]! - 1) * window.strides[axis]! + extent[axis]!;
    return size - (covered - window.padBefore[axis]! - window.padAfter[axis]!);
  });
  // Where no window reached the padding, the result is longer than the input; the rest is cut off.
  const excess = padding.map((missing) => Math.max(0, -missing));
  const attributes = {
    ...windowAttributes(window),
    group: groups,
    output_padding: padding.map((missing) => Math.max(0, missing)),
  };
  const spatial = window.inputSize.map((size, axis) => size + excess[axis]!);
  const output = { type: dy.type, shape: [dy.shape[0]!, inputs, ...spatial] };
  const result = emit('ConvTranspose', [toChannelsFirst(dy), toFilterFirst(filter)], output, { attributes });
  const size = [dy.shape[0]!, inputs, ...window.inputSize];
  return toChannelsLast(slice(result, { begin: size.map(() => 0), size }));
}

/** Gradient by the filter: `x` [N, ...spatial, I], `dy` [N, ...output, O] → [...window, I, O] */
export function convolveFilterGradient(x: Value, dy: Value, window: Window): Value {
  const inputs = x.shape.at(-1)!;
  const outputs = dy.shape.at(-1)!;
  const taps = windowTaps(x, window); // each [N, ...output, I]
  const products = filterProducts(taps, dy);
  return reshape(products, [...window.filter, inputs, outputs]); // [taps·I, O]
}

/** tap^T · dy for each tap, below each other: [taps·I, O]. */
function filterProducts(taps: readonly Value[], dy: Value): Value {
  const [inputs, outputs] = [taps[0]!.shape.at(-1)!, dy.shape.at(-1)!];
  const positions = sizeOf(dy.shape.slice(1, -1));
  // Image by image where images are large: one product over all rows is too long and narrow to be shared among threads.
  if (taps.length > 1 && positions >= 4 * Math.min(inputs, outputs)) {
    const upstream = asMatrices(dy);
    const sums = taps.map((tap) =>
      reduce('ReduceSum', matMul(asMatrices(tap), upstream, { transposeA: true }), [0], false),
    );
    return concat(sums, 0);
  }
  const rows = asMatrix(dy); // [N·output, O]
  const matrices = taps.map(asMatrix); // each [N·output, I]
  // Products of wide taps are fast one by one; narrow taps are joined into one product.
  if (inputs < 32 && taps.length > 1) return matMul(concat(matrices, 1), rows, { transposeA: true });
  return concat(
    matrices.map((matrix) => matMul(matrix, rows, { transposeA: true })),
    0,
  );
}

/** The part of `x` [N, ...spatial, I] that each filter element meets: [N, ...output, I], in filter order. */
export function windowTaps(x: Value, window: Window): Value[] {
  const rank = window.filter.length;
  const padded = pad(x, [[0, 0], ...window.padBefore.map((before, axis) => [before, window.padAfter[axis]!]), [0, 0]]);
  return Array.from({ length: sizeOf(window.filter) }, (_, tap) => {
    let rest = tap;
    const offset = new Array<number>(rank);
    for (let axis = rank - 1; axis >= 0; axis--) {
      offset[axis] = (rest % window.filter[axis]!) * window.dilations[axis]!;
      rest = Math.floor(rest / window.filter[axis]!);
    }
    return slice(padded, {
      begin: [0, ...offset, 0],
      size: [x.shape[0]!, ...window.outputSize, x.shape.at(-1)!],
      strides: [1, ...window.strides, 1],
    });
  });
}

/** [...window, C, M] → [...window, 1, C·M]: a filter for `groups` = C. */
export function depthwiseFilter(filter: Value): Value {
  const spatial = filter.shape.slice(0, -2);
  return reshape(filter, [...spatial, 1, filter.shape.at(-2)! * filter.shape.at(-1)!]);
}

/** [N, ...spatial, C] → [N·spatial, C] */
function asMatrix(x: Value): Value {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

/** [N, ...spatial, C] → [N, spatial, C] */
function asMatrices(x: Value): Value {
  return reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1, -1)), x.shape.at(-1)!]);
}

/**
 * The window with which `dy` is convolved for the gradient by the input, where every stride is 1: faster than the transposed
 * convolution that strides need. Undefined where that would take negative padding.
 */
function mirroredWindow(window: Window): Window | undefined {
  if (window.strides.some((stride) => stride !== 1)) return undefined;
  const extent = effectiveFilter(window);
  const padBefore = extent.map((size, axis) => size - 1 - window.padBefore[axis]!);
  const padAfter = extent.map((size, axis) => {
    return window.inputSize[axis]! - window.outputSize[axis]! - padBefore[axis]! + size - 1;
  });
  if ([...padBefore, ...padAfter].some((padding) => padding < 0)) return undefined;
  return { ...window, padBefore, padAfter, inputSize: window.outputSize, outputSize: window.inputSize };
}

/** [...window, I, O] → [...window, O, I], each axis of the window backwards. */
function mirroredFilter(filter: Value): Value {
  const rank = filter.shape.length - 2;
  const backwards = slice(filter, {
    begin: filter.shape.map((size, axis) => (axis < rank ? size - 1 : 0)),
    size: filter.shape,
    strides: filter.shape.map((_, axis) => (axis < rank ? -1 : 1)),
  });
  return transpose(backwards, [...axes(0, rank), rank + 1, rank]);
}

function isPointwise({ filter, strides, padBefore, padAfter }: Window): boolean {
  return [...filter, ...strides].every((size) => size === 1) && [...padBefore, ...padAfter].every((size) => size === 0);
}
