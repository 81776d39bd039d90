// Pools and their gradients, channels last.

import { backend_util } from '@tensorflow/tfjs-core';

import { emit, emitMany } from '../graph/emit';
import { scalar } from '../graph/literals';
import { cast, expand } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { sizeOf, type Value } from '../graph/value';
import { toChannelsFirst, toChannelsLast } from './channels';
import { convolveInputGradient } from './convolution';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { type Window, windowAttributes, windowOf2D, windowOf3D } from './window';

interface PoolAttributes {
  filterSize: number | [number, number] | [number, number, number];
  strides: number | [number, number] | [number, number, number];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

export const poolingKernels: KernelDefinition[] = ['', '3D'].flatMap((suffix) => [
  defineKernel<PoolAttributes>(`AvgPool${suffix}`, ({ inputs, attrs }) => pool('AveragePool', inputs.x!, attrs)),
  defineKernel<PoolAttributes>(`MaxPool${suffix}`, ({ inputs, attrs }) => pool('MaxPool', inputs.x!, attrs)),
  defineKernel<PoolAttributes>(`AvgPool${suffix}Grad`, ({ inputs, attrs }) =>
    averageGradient(inputs.dy!, inputs.input!, attrs),
  ),
  defineKernel<PoolAttributes>(`MaxPool${suffix}Grad`, ({ inputs, attrs }) =>
    maximumGradient(inputs.dy!, inputs.input!, attrs),
  ),
]);

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

function pool(operator: string, x: Value, attrs: PoolAttributes): Value {
  const window = poolWindow(x.shape, attrs);
  const input = toChannelsFirst(cast(x, 'float32'));
  const shape = [...input.shape.slice(0, 2), ...window.outputSize];
  return cast(
    toChannelsLast(emit(operator, [input], { type: 'float32', shape }, { attributes: windowAttributes(window) })),
    x.type,
  );
}

/** Every input of a window gets dy / (filter size), padding or not, as tfjs has it. */
function averageGradient(dy: Value, x: Value, attrs: PoolAttributes): Value {
  const window = poolWindow(x.shape, attrs);
  const channels = x.shape.at(-1)!;
  const filter = expand(scalar('float32', 1 / sizeOf(window.filter)), [...window.filter, 1, channels]);
  return convolveInputGradient(dy, filter, window, channels);
}

/** dy goes to the place of the first maximum of its window. */
function maximumGradient(dy: Value, x: Value, attrs: PoolAttributes): Value {
  const window = poolWindow(x.shape, attrs);
  const input = toChannelsFirst(cast(x, 'float32'));
  const shape = [...input.shape.slice(0, 2), ...window.outputSize];
  const outputs = [{ type: 'float32', shape } as const, { type: 'int64', shape } as const];
  const [, places] = emitMany('MaxPool', [input], outputs, { attributes: windowAttributes(window) }) as [Value, Value];
  const count = sizeOf(shape);
  const zeros = expand(scalar('float32', 0), [sizeOf(input.shape)]);
  const scattered = emit(
    'ScatterElements',
    [zeros, reshape(places, [count]), reshape(toChannelsFirst(dy), [count])],
    zeros,
    { attributes: { axis: 0, reduction: 'add' } },
  );
  return toChannelsLast(reshape(scattered, input.shape));
}
