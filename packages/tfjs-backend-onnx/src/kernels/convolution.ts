// Convolution and its two gradients, channels last, for any number of spatial axes.

import { emit } from '../graph/emit';
import { concat, matMul, pad, slice } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { toChannelsFirst, toChannelsLast, toFilterFirst } from './channels';
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
  const extent = effectiveFilter(window);
  const padding = window.inputSize.map((size, axis) => {
    const covered = (window.outputSize[axis]! - 1) * window.strides[axis]! + extent[axis]!;
    return size - (covered - window.padBefore[axis]! - window.padAfter[axis]!);
  });
  // Padding that no window reached shows as a longer result; it is cut off.
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
  const rows = asMatrix(dy); // [N·output, O]
  const shape = [...window.filter, inputs, outputs];
  const taps = windowTaps(x, window).map(asMatrix); // each [N·output, I]
  // Wide taps are good matrices as they are; narrow ones are joined into one.
  const products =
    inputs >= 32 || taps.length === 1
      ? concat(
          taps.map((tap) => matMul(tap, rows, { transposeA: true })),
          0,
        )
      : matMul(concat(taps, 1), rows, { transposeA: true });
  return reshape(products, shape); // [taps·I, O]
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

function isPointwise({ filter, strides, padBefore, padAfter }: Window): boolean {
  return [...filter, ...strides].every((size) => size === 1) && [...padBefore, ...padAfter].every((size) => size === 0);
}
