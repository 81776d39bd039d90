// Pools and their gradients, channels last.

import { backend_util, util } from '@tensorflow/tfjs-core';

import { emit, emitMany } from '../graph/emit';
import { literal, scalar } from '../graph/literals';
import { add, cast, expand, isNotANumber, pad, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { emptyValue, sizeOf, type Value } from '../graph/value';
import { toChannelsFirst, toChannelsLast } from './channels';
import { convolveInputGradient } from './convolution';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { besideSkipped, reachableGradient, reachableInput, reachableWindows } from './reachable-windows';
import { type Window, windowAttributes, windowOf2D, windowOf3D } from './window';

interface PoolAttributes {
  filterSize: number | [number, number] | [number, number, number];
  strides: number | [number, number] | [number, number, number];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

/** -FLT_MAX, where ONNX Runtime's maximum begins. */
const lowestFloat = -(2 - 2 ** -23) * 2 ** 127;

export const poolingKernels: KernelDefinition[] = [
  ...['', '3D'].flatMap((suffix) => [
    defineKernel<PoolAttributes>(`AvgPool${suffix}`, ({ inputs, attrs }) => averagePool(inputs.x!, attrs)),
    defineKernel<PoolAttributes>(`MaxPool${suffix}`, ({ inputs, attrs }) => maximumPool(inputs.x!, attrs)),
    defineKernel<PoolAttributes>(`AvgPool${suffix}Grad`, ({ inputs, attrs }) =>
      averageGradient(inputs.dy!, inputs.input!, attrs),
    ),
    defineKernel<PoolAttributes>(`MaxPool${suffix}Grad`, ({ inputs, attrs }) =>
      maximumGradient(inputs.dy!, inputs.input!, attrs),
    ),
  ]),
  defineKernel<PoolAttributes & { includeBatchInIndex: boolean }>('MaxPoolWithArgmax', ({ inputs, attrs }) => [
    maximumPool(inputs.x!, attrs),
    maximumPositions(inputs.x!, attrs, attrs.includeBatchInIndex),
  ]),
];

function poolWindow(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Window {
  if (shape.length === 5) {
    return windowOf3D(
      backend_util.computePool3DInfo(
        shape as Shape5D,
        filterSize as number,
        strides as number,
        1,
        pad as 'same',
        dimRoundingMode,
      ),
    );
  }
  return windowOf2D(
    backend_util.computePool2DInfo(shape as Shape4D, filterSize as number, strides as number, 1, pad, dimRoundingMode),
  );
}

/** tfjs hands a plane through when the pool looks at one pixel and leaves the size as it is, whatever stride and padding. */
function isIdentity({ filter, inputSize, outputSize }: Window): boolean {
  return filter.length === 2 && sizeOf(filter) === 1 && util.arraysEqual([...inputSize], [...outputSize]);
}

function averagePool(x: Value, attrs: PoolAttributes): Value {
  const given = poolWindow(x.shape, attrs);
  if (isIdentity(given)) return x;
  const windows = reachableWindows(given);
  const [pooled] = poolOver(
    'AveragePool',
    reachableInput(toChannelsFirst(cast(x, 'float32')), windows),
    windows.window,
  );
  const empty = x.shape.length === 5 ? 0 : Number.NaN; // tfjs's mean of no elements
  return cast(toChannelsLast(besideSkipped(pooled!, windows, empty)), x.type);
}

/**
 * tfjs ignores NaN, and its maximum of no elements is -∞. ONNX Runtime's result depends on where NaN stands, and starts at the
 * lowest finite number.
 */
function maximumPool(x: Value, attrs: PoolAttributes): Value {
  const given = poolWindow(x.shape, attrs);
  if (isIdentity(given)) return x;
  const windows = reachableWindows(given);
  const [pooled] = poolOver('MaxPool', reachableInput(rivals(x), windows), windows.window);
  const nothing = scalar('float32', Number.NEGATIVE_INFINITY);
  const result = x.type === 'float32' ? where(isNothing(pooled!), nothing, pooled!) : pooled!;
  return cast(toChannelsLast(besideSkipped(result, windows, Number.NEGATIVE_INFINITY)), x.type);
}

/** Where the maximum of each window is in `x` [N, H, W, C]: its number among the elements of its image, or of all; -1 for none. */
function maximumPositions(x: Value, attrs: PoolAttributes, includeBatch: boolean): Value {
  const windows = reachableWindows(poolWindow(x.shape, attrs));
  const [batch, height, width, channels] = x.shape as Shape4D;
  const input = reachableInput(rivals(x), windows);
  const [, , inputHeight, inputWidth] = input.shape as Shape4D;
  const [values, places] = poolOver('MaxPool', input, windows.window, true) as [Value, Value];
  const pixel = withScalar('Mod', places, inputHeight * inputWidth);
  const row = withScalar('Add', withScalar('Div', pixel, inputWidth), windows.begin[0]!);
  const column = withScalar('Add', withScalar('Mod', pixel, inputWidth), windows.begin[1]!);
  const image = includeBatch ? height * width * channels : 0;
  const offsets = Array.from({ length: batch * channels }, (_, index) => {
    return Math.floor(index / channels) * image + (index % channels);
  });
  const first = withScalar('Mul', add(withScalar('Mul', row, width), column), channels);
  const position = add(first, literal('int64', [batch, channels, 1, 1], offsets));
  const found = where(isNothing(values), scalar('int64', -1), position);
  return toChannelsLast(cast(besideSkipped(found, windows, -1), 'int32'));
}

/** The pool of `x` [N, C, ...spatial] and, if asked for, the number of each maximum among the elements of `x`. */
function poolOver(operator: string, x: Value, window: Window, withPlaces = false): Value[] {
  const shape = [...x.shape.slice(0, 2), ...window.outputSize];
  const outputs = [{ type: 'float32', shape } as const, { type: 'int64', shape } as const];
  const attributes = windowAttributes(window);
  if (sizeOf(shape) === 0) return outputs.map(({ type }) => emptyValue(type, shape));
  return emitMany(operator, [x], withPlaces ? outputs : outputs.slice(0, 1), { attributes });
}

/** Channels first, with -∞ for NaN, so that NaN is never the maximum. */
function rivals(x: Value): Value {
  if (x.type !== 'float32') return toChannelsFirst(cast(x, 'float32'));
  return toChannelsFirst(where(isNotANumber(x), scalar('float32', Number.NEGATIVE_INFINITY), x));
}

/** Windows without any number above -∞. */
function isNothing(maximum: Value): Value {
  return withScalar('LessOrEqual', maximum, lowestFloat, 'bool');
}

/** Every input of a window gets dy / (filter size), padding or not, as tfjs has it. */
function averageGradient(dy: Value, x: Value, attrs: PoolAttributes): Value {
  const window = poolWindow(x.shape, attrs);
  const channels = x.shape.at(-1)!;
  const filter = expand(scalar('float32', 1 / sizeOf(window.filter)), [...window.filter, 1, channels]);
  return convolveInputGradient(dy, filter, window, channels);
}

/** dy goes to the place of the first maximum of its window, if there is one. */
function maximumGradient(dy: Value, x: Value, attrs: PoolAttributes): Value {
  const windows = reachableWindows(poolWindow(x.shape, attrs));
  if (sizeOf(windows.window.outputSize) === 0) return expand(scalar('float32', 0), x.shape);
  const input = reachableInput(rivals(x), windows);
  const [values, places] = poolOver('MaxPool', input, windows.window, true) as [Value, Value];
  const count = sizeOf(values.shape);
  const shares = where(isNothing(values), scalar('float32', 0), reachableGradient(toChannelsFirst(dy), windows));
  const zeros = expand(scalar('float32', 0), [sizeOf(input.shape)]);
  const held = withScalar('Max', places, 0); // a window without a maximum has an arbitrary place, and its share is 0
  const scattered = emit('ScatterElements', [zeros, reshape(held, [count]), reshape(shares, [count])], zeros, {
    attributes: { axis: 0, reduction: 'add' },
  });
  const before = windows.begin.map((begin) => [begin, 0]);
  return toChannelsLast(pad(reshape(scattered, input.shape), [[0, 0], [0, 0], ...before]));
}
