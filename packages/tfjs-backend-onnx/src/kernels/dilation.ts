// Gray-scale dilation (the maximum of input + filter in a sliding window) and its gradients, channels last.

import { backend_util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { literal, scalar } from '../graph/literals';
import { add, cast, expand, gather, isNotANumber, pad, reduce, transpose, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { axes } from './channels';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { type Window, windowOf2D } from './window';

interface DilationAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dilations: [number, number] | number;
}

type Shape4D = [number, number, number, number];
type Shape3D = [number, number, number];

export const dilationKernels: KernelDefinition[] = [
  defineKernel<DilationAttributes>('Dilation2D', ({ inputs, attrs }) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    const highest = reduce('ReduceMax', sums(x, filter, windowOf(x, filter, attrs)), [4], false);
    return cast(highest, x.type);
  }),
  defineKernel<DilationAttributes>('Dilation2DBackpropFilter', ({ inputs, attrs }) => {
    const { x, filter, dy } = inputs as { x: Value; filter: Value; dy: Value };
    const channels = filter.shape[2]!;
    const tap = highestTap(sums(x, filter, windowOf(x, filter, attrs))); // [N, h, w, C]
    const place = add(withScalar('Mul', tap, channels), literal('int64', [channels], axes(0, channels)));
    return cast(scatterSum(place, dy, filter.shape), filter.type);
  }),
  defineKernel<DilationAttributes>('Dilation2DBackpropInput', ({ inputs, attrs }) => {
    const { x, filter, dy } = inputs as { x: Value; filter: Value; dy: Value };
    const window = windowOf(x, filter, attrs);
    const [batch, height, width, channels] = x.shape as Shape4D;
    const tap = highestTap(sums(x, filter, window)); // [N, h, w, C]
    const row = inputPlace(withScalar('Div', tap, window.filter[1]!), 0, window);
    const column = inputPlace(withScalar('Mod', tap, window.filter[1]!), 1, window);
    const pixel = add(withScalar('Mul', row, width), column);
    const firstOfImage = axes(0, batch).map((image) => image * height * width * channels);
    const place = add(
      add(withScalar('Mul', pixel, channels), literal('int64', [channels], axes(0, channels))),
      literal('int64', [batch, 1, 1, 1], firstOfImage),
    );
    return cast(scatterSum(place, dy, x.shape), x.type);
  }),
];

function windowOf(x: Value, filter: Value, { strides, pad: padding, dilations }: DilationAttributes): Window {
  const info = backend_util.computeDilation2DInfo(
    x.shape as Shape4D,
    filter.shape as Shape3D,
    strides,
    padding as 'same',
    'NHWC',
    dilations,
  );
  return windowOf2D(info);
}

/**
 * input + filter for each window: [N, h, w, C, taps] in float64, in which tfjs compares. NaN and padding count as the number that
 * tfjs begins with.
 */
function sums(x: Value, filter: Value, window: Window): Value {
  const [batch, , , channels] = x.shape as Shape4D;
  const [height, width] = window.outputSize as [number, number];
  const [rows, columns] = window.filter as [number, number];
  const amounts = [0, 1].map((axis) => [window.padBefore[axis]!, window.padAfter[axis]!]);
  const around = pad(cast(x, 'float64'), [[0, 0], ...amounts, [0, 0]], Number.NEGATIVE_INFINITY);
  const taps = gather(gather(around, reach(window, 1), 2), reach(window, 0), 1); // [N, h, fh, w, fw, C]
  const sum = add(taps, reshape(cast(filter, 'float64'), [rows, 1, columns, channels]));
  const start = scalar('float64', Number.MIN_SAFE_INTEGER);
  const started = withScalar('Max', where(isNotANumber(sum), start, sum), Number.MIN_SAFE_INTEGER);
  return reshape(transpose(started, [0, 1, 3, 5, 2, 4]), [batch, height, width, channels, rows * columns]);
}

/** [output, filter]: the padded places that each window sees along an axis. */
function reach({ outputSize, filter, strides, dilations }: Window, axis: number): Value {
  const places = axes(0, outputSize[axis]!).flatMap((output) =>
    axes(0, filter[axis]!).map((tap) => output * strides[axis]! + tap * dilations[axis]!),
  );
  return literal('int64', [outputSize[axis]!, filter[axis]!], places);
}

/** The first tap with the largest sum. */
function highestTap(sum: Value): Value {
  const shape = sum.shape.slice(0, -1);
  return emit('ArgMax', [sum], { type: 'int64', shape }, { attributes: { axis: -1, keepdims: 0 } });
}

/** From a tap along `axis` to a place in the input; a window without a maximum stands for its first place inside. */
function inputPlace(tap: Value, axis: number, { outputSize, strides, dilations, padBefore }: Window): Value {
  const starts = axes(0, outputSize[axis]!).map((output) => output * strides[axis]! - padBefore[axis]!);
  const shape = axis === 0 ? [starts.length, 1, 1] : [starts.length, 1];
  const place = add(withScalar('Mul', tap, dilations[axis]!), literal('int64', shape, starts));
  return withScalar('Max', place, 0);
}

/** Zeros of `shape` with `values` added at flat `places`. */
function scatterSum(places: Value, values: Value, shape: readonly number[]): Value {
  const count = sizeOf(values.shape);
  const zeros = expand(scalar('float32', 0), [sizeOf(shape)]);
  const inputs = [zeros, reshape(places, [count]), reshape(cast(values, 'float32'), [count])];
  return reshape(emit('ScatterElements', inputs, zeros, { attributes: { axis: 0, reduction: 'add' } }), shape);
}
