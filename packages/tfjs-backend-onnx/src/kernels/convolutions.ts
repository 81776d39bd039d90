// Convolution kernels.

import { backend_util } from '@tensorflow/tfjs-core';

import { add, concat, multiply, reduce, transpose } from '../graph/operators';
import { reshape } from '../graph/reshape';
import type { Value } from '../graph/value';
import { type Activation, activate } from './activation';
import { toChannelsFirst, toChannelsLast } from './channels';
import { convolve, convolveFilterGradient, convolveInputGradient, depthwiseFilter, windowTaps } from './convolution';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { type Window, windowOf2D, windowOf3D } from './window';

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

type ExplicitPadding = [Pair, Pair, Pair, Pair];
type Pair = [before: number, after: number];

interface Convolution2DAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | ExplicitPadding;
  dilations?: [number, number] | number | null;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface Convolution3DAttributes {
  strides: [number, number, number] | number;
  pad: 'valid' | 'same';
  dilations?: [number, number, number] | number;
}

export const convolutionKernels: KernelDefinition[] = [
  defineKernel<Convolution2DAttributes>('Conv2D', ({ inputs, attrs }) =>
    asGiven(convolution(channelsLast(inputs.x!, attrs), inputs.filter!, attrs), attrs),
  ),
  defineKernel<Convolution2DAttributes & Activation>('FusedConv2D', ({ inputs, attrs }) => {
    const result = convolution(channelsLast(inputs.x!, attrs), inputs.filter!, attrs);
    return asGiven(finish(result, inputs, attrs), attrs);
  }),
  defineKernel<Convolution2DAttributes & { inputShape: Shape4D }>('Conv2DBackpropInput', ({ inputs, attrs }) => {
    const [batch, ...rest] = attrs.inputShape;
    const inputShape = attrs.dataFormat === 'NCHW' ? [batch, rest[1], rest[2], rest[0]] : attrs.inputShape;
    const window = window2D(inputShape, inputs.filter!.shape, attrs);
    return asGiven(convolveInputGradient(channelsLast(inputs.dy!, attrs), inputs.filter!, window), attrs);
  }),
  defineKernel<Convolution2DAttributes & { filterShape: Shape4D }>('Conv2DBackpropFilter', ({ inputs, attrs }) => {
    const x = channelsLast(inputs.x!, attrs);
    return convolveFilterGradient(x, channelsLast(inputs.dy!, attrs), window2D(x.shape, attrs.filterShape, attrs));
  }),

  defineKernel<Convolution2DAttributes>('DepthwiseConv2dNative', ({ inputs, attrs }) =>
    depthwise(inputs.x!, inputs.filter!, attrs),
  ),
  defineKernel<Convolution2DAttributes & Activation>('FusedDepthwiseConv2D', ({ inputs, attrs }) =>
    finish(depthwise(inputs.x!, inputs.filter!, attrs), inputs, attrs),
  ),
  defineKernel<Convolution2DAttributes & { inputShape: Shape4D }>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ inputs, attrs }) => {
      const window = window2D(attrs.inputShape, inputs.filter!.shape, attrs, true);
      return convolveInputGradient(inputs.dy!, depthwiseFilter(inputs.filter!), window, attrs.inputShape[3]);
    },
  ),
  defineKernel<Convolution2DAttributes & { filterShape: Shape4D }>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ inputs, attrs }) =>
      depthwiseFilterGradient(inputs.x!, inputs.dy!, window2D(inputs.x!.shape, attrs.filterShape, attrs, true)),
  ),

  defineKernel<Convolution3DAttributes>('Conv3D', ({ inputs, attrs }) =>
    convolve(inputs.x!, inputs.filter!, window3D(inputs.x!.shape, inputs.filter!.shape, attrs)),
  ),
  defineKernel<Convolution3DAttributes & { inputShape: Shape5D }>('Conv3DBackpropInputV2', ({ inputs, attrs }) =>
    convolveInputGradient(inputs.dy!, inputs.filter!, window3D(attrs.inputShape, inputs.filter!.shape, attrs)),
  ),
  defineKernel<Convolution3DAttributes & { filterShape: Shape5D }>('Conv3DBackpropFilterV2', ({ inputs, attrs }) =>
    convolveFilterGradient(inputs.x!, inputs.dy!, window3D(inputs.x!.shape, attrs.filterShape, attrs)),
  ),
];

function window2D(
  x: readonly number[],
  filter: readonly number[],
  attrs: Convolution2DAttributes,
  isDepthwise = false,
): Window {
  const { strides, dilations, dimRoundingMode } = attrs;
  const pad = padLast(attrs);
  return windowOf2D(
    backend_util.computeConv2DInfo(
      x as Shape4D,
      filter as Shape4D,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      isDepthwise,
    ),
  );
}

/** Explicit padding in the order of the axes [N, H, W, C]. */
function padLast({ pad, dataFormat }: Convolution2DAttributes): 'valid' | 'same' | number | ExplicitPadding {
  if (typeof pad !== 'object' || dataFormat !== 'NCHW') return pad;
  return [pad[0], pad[2], pad[3], pad[1]];
}

function window3D(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations = 1 }: Convolution3DAttributes,
): Window {
  return windowOf3D(backend_util.computeConv3DInfo(x as Shape5D, filter as Shape5D, strides, dilations, pad));
}

function convolution(x: Value, filter: Value, attrs: Convolution2DAttributes): Value {
  return convolve(x, filter, window2D(x.shape, filter.shape, attrs));
}

function depthwise(x: Value, filter: Value, attrs: Convolution2DAttributes): Value {
  return convolve(x, depthwiseFilter(filter), window2D(x.shape, filter.shape, attrs, true), x.shape[3]);
}

/** Bias and activation of the fused kernels, channels last. */
function finish(
  result: Value,
  { bias, preluActivationWeights }: Readonly<Record<string, Value>>,
  attrs: Convolution2DAttributes & Activation,
): Value {
  const isChannelsFirst = attrs.dataFormat === 'NCHW' && preluActivationWeights?.shape.length === 3;
  const slopes = isChannelsFirst ? transpose(preluActivationWeights!, [1, 2, 0]) : preluActivationWeights;
  return activate(bias === undefined ? result : add(result, bias), attrs, slopes);
}

function channelsLast(x: Value, { dataFormat }: Convolution2DAttributes): Value {
  return dataFormat === 'NCHW' ? toChannelsLast(x) : x;
}

function asGiven(x: Value, { dataFormat }: Convolution2DAttributes): Value {
  return dataFormat === 'NCHW' ? toChannelsFirst(x) : x;
}

/** `x` [N, H, W, C], `dy` [N, h, w, C·M] → [fh, fw, C, M]: for each filter element one weighted sum. */
function depthwiseFilterGradient(x: Value, dy: Value, window: Window): Value {
  const channels = x.shape[3]!;
  const multiplier = dy.shape[3]! / channels;
  const outer = dy.shape.slice(0, 3);
  const weights = reshape(dy, [...outer, channels, multiplier]);
  const sums = windowTaps(x, window).map((tap) =>
    reduce('ReduceSum', multiply(reshape(tap, [...outer, channels, 1]), weights), [0, 1, 2], false),
  );
  return reshape(concat(sums, 0), [...window.filter, channels, multiplier]); // [taps·C, M]
}
