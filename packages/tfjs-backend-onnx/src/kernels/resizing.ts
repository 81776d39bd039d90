// Image resizing as two matrix products, one for each axis: exact in every coordinate mode, and its gradient is the transpose.

import { literal } from '../graph/literals';
import { cast, matMul } from '../graph/operators';
import { reshape } from '../graph/reshape';
import type { Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface ResizeAttributes {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/** Weights with which the inputs of an axis make its outputs, [output, input]. */
type AxisWeights = (input: number, output: number, attrs: ResizeAttributes) => Float32Array;

export const resizingKernels: KernelDefinition[] = [
  defineKernel<ResizeAttributes>('ResizeBilinear', ({ inputs, attrs }) =>
    resize(inputs.images!, attrs, bilinearWeights),
  ),
  defineKernel<ResizeAttributes>('ResizeNearestNeighbor', ({ inputs, attrs }) =>
    resize(inputs.images!, attrs, nearestWeights),
  ),
  defineKernel<ResizeAttributes>('ResizeBilinearGrad', ({ inputs, attrs }) =>
    resizeGradient(inputs.dy!, inputs.images!, attrs, bilinearWeights),
  ),
  defineKernel<ResizeAttributes>('ResizeNearestNeighborGrad', ({ inputs, attrs }) =>
    resizeGradient(inputs.dy!, inputs.images!, attrs, nearestWeights),
  ),
];

/** [N, H, W, C] → [N, h, w, C] */
function resize(images: Value, attrs: ResizeAttributes, weights: AxisWeights): Value {
  const [, height, width] = images.shape as [number, number, number];
  const [newHeight, newWidth] = attrs.size;
  const rows = literal('float32', [newHeight, height], weights(height, newHeight, attrs));
  const columns = literal('float32', [newWidth, width], weights(width, newWidth, attrs));
  return alongBoth(cast(images, 'float32'), rows, columns, false);
}

function resizeGradient(dy: Value, images: Value, attrs: ResizeAttributes, weights: AxisWeights): Value {
  const [, height, width] = images.shape as [number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number];
  const rows = literal('float32', [newHeight, height], weights(height, newHeight, attrs));
  const columns = literal('float32', [newWidth, width], weights(width, newWidth, attrs));
  return alongBoth(dy, rows, columns, true);
}

/** `x` [N, H, W, C] times `rows` [h, H] along the height and `columns` [w, W] along the width (or their transposes). */
function alongBoth(x: Value, rows: Value, columns: Value, transposed: boolean): Value {
  const [batch, height, , channels] = x.shape as [number, number, number, number];
  const wide = matMul(columns, x, { transposeA: transposed }); // [N, H, w, C]
  const width = wide.shape[2]!;
  const tall = matMul(rows, reshape(wide, [batch, height, width * channels]), { transposeA: transposed });
  return reshape(tall, [batch, tall.shape[1]!, width, channels]); // [N, h, w, C]
}

function bilinearWeights(input: number, output: number, attrs: ResizeAttributes): Float32Array {
  const weights = new Float32Array(output * input);
  for (let to = 0; to < output; to++) {
    const from = sourcePosition(to, scaleOf(input, output, attrs), attrs);
    const below = Math.max(0, Math.floor(from));
    const above = Math.min(input - 1, Math.ceil(from));
    const fraction = from - below; // negative before the first center, where below = above
    weights[to * input + below]! += 1 - fraction;
    weights[to * input + above]! += fraction;
  }
  return weights;
}

function nearestWeights(input: number, output: number, attrs: ResizeAttributes): Float32Array {
  const weights = new Float32Array(output * input);
  const scale = scaleOf(input, output, attrs);
  for (let to = 0; to < output; to++) {
    const from = attrs.halfPixelCenters ? scale * (to + 0.5) : scale * to;
    const nearest = attrs.alignCorners ? Math.round(from) : Math.floor(from);
    weights[to * input + Math.max(0, Math.min(input - 1, nearest))] = 1;
  }
  return weights;
}

function sourcePosition(to: number, scale: number, { halfPixelCenters }: ResizeAttributes): number {
  return halfPixelCenters ? scale * (to + 0.5) - 0.5 : scale * to;
}

function scaleOf(input: number, output: number, { alignCorners }: ResizeAttributes): number {
  return alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output;
}
