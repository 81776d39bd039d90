// Pooling windows that lie entirely in the padding. ONNX Runtime refuses padding as wide as the filter, so these windows are left
// out of the pool and their results are added afterwards.

import { scalar } from '../graph/literals';
import { expand, pad, slice } from '../graph/operators';
import { sizeOf, type Value } from '../graph/value';
import type { Window } from './window';

/** The windows that meet the input. */
export interface ReachableWindows {
  window: Window;
  /** Elements before the first of these windows, one for each spatial axis. */
  begin: readonly number[];
  /** Windows left out before and after, one pair for each spatial axis. */
  skipped: readonly (readonly [before: number, after: number])[];
}

export function reachableWindows(window: Window): ReachableWindows {
  const { filter, strides, padBefore, inputSize, outputSize } = window;
  const axes = filter.map((extent, axis) => {
    const stride = strides[axis]!;
    const size = inputSize[axis]!;
    const starts = Array.from({ length: outputSize[axis]! }, (_, output) => output * stride - padBefore[axis]!);
    const met = starts.filter((start) => start + extent > 0 && start < size);
    const first = met[0] ?? 0;
    const begin = Math.max(0, first);
    const before = Math.max(0, -first);
    const end = (met.length - 1) * stride + extent - before;
    const skipped = starts.indexOf(first);
    return {
      begin,
      before,
      after: Math.max(0, end - (size - begin)),
      size: size - begin,
      count: met.length,
      skipped: [Math.max(0, skipped), outputSize[axis]! - met.length - Math.max(0, skipped)] as const,
    };
  });
  return {
    window: {
      ...window,
      padBefore: axes.map(({ before }) => before),
      padAfter: axes.map(({ after }) => after),
      inputSize: axes.map(({ size }) => size),
      outputSize: axes.map(({ count }) => count),
    },
    begin: axes.map(({ begin }) => begin),
    skipped: axes.map(({ skipped }) => skipped),
  };
}

/** The part of `x` [N, C, ...spatial] that the windows may meet. */
export function reachableInput(x: Value, { begin, window }: ReachableWindows): Value {
  return slice(x, { begin: [0, 0, ...begin], size: [...x.shape.slice(0, 2), ...window.inputSize] });
}

/** Results of the windows [N, C, ...output], with `value` for those left out. */
export function besideSkipped(x: Value, { skipped }: ReachableWindows, value: number): Value {
  const output = skipped.map(([before, after], axis) => before + x.shape[axis + 2]! + after);
  if (sizeOf(x.shape) === 0) return expand(scalar(x.type, value), [...x.shape.slice(0, 2), ...output]);
  return pad(x, [[0, 0], [0, 0], ...skipped], value);
}

/** The part of a result's gradient `dy` [N, C, ...output] that belongs to the windows. */
export function reachableGradient(dy: Value, { skipped, window }: ReachableWindows): Value {
  const begin = [0, 0, ...skipped.map(([before]) => before)];
  return slice(dy, { begin, size: [...dy.shape.slice(0, 2), ...window.outputSize] });
}
