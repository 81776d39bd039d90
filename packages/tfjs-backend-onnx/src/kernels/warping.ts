// Images turned and transformed.

import { backend_util } from '@tensorflow/tfjs-core';
import { literal, scalar } from '../graph/literals';
import { add, cast, divide, gather, multiply, split, subtract, unary, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { dataValue, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { axes } from './channels';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { type FillMode, mapPlace } from './fill-mode';
import { forChannels, isInside, type Places, pixelsAt, rounded } from './sampling';

interface RotateAttributes {
  radians: number;
  fillValue: number | [number, number, number];
  center: number | [number, number];
}

interface TransformAttributes {
  interpolation: 'nearest' | 'bilinear';
  fillMode: FillMode;
  fillValue: number;
  outputShape?: [number, number];
}

/** What a rotated picture's alpha channel is filled with. */
const opaque = 255;

export const warpingKernels: KernelDefinition[] = [
  defineKernel<RotateAttributes>('RotateWithOffset', ({ inputs, attrs, backend }) =>
    rotate(inputs.image!, attrs, backend),
  ),
  defineKernel<TransformAttributes>('Transform', ({ inputs, attrs }) =>
    transform(inputs.image!, cast(inputs.transforms!, 'float64'), attrs),
  ),
];

/** The angle is a number: places are computed here and enter the graph as data, so that another angle needs no other graph. */
function rotate(image: Value, { radians, fillValue, center }: RotateAttributes, backend: OnnxBackend): Value {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [centerX, centerY] = backend_util.getImageCenter(center, height, width);
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  const places = new Int32Array(height * width);
  const inside = new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = Math.round((column - centerX) * cosine - (row - centerY) * sine + centerX);
      const y = Math.round((column - centerX) * sine + (row - centerY) * cosine + centerY);
      if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
      places[row * width + column] = y * width + x;
      inside[row * width + column] = 1;
    }
  }
  const [from, isRead] = [dataValue('int32', [height * width], places), dataValue('bool', [height * width, 1], inside)];
  // noted as written by the host, so that `compile` compares it between its two traces
  for (const { storage } of [from, isRead]) backend.trace?.written.add(storage!);
  const fill =
    typeof fillValue === 'number'
      ? scalar(image.type, fillValue)
      : literal(
          image.type,
          [channels],
          axes(0, channels).map((channel) => (channel === 3 ? opaque : fillValue[channel]!)),
        );
  const read = gather(reshape(image, [batch, height * width, channels]), from, 1);
  return reshape(where(isRead, read, fill), image.shape);
}

/**
 * `transforms` [N or 1, 8] are the first eight numbers of the matrix that takes a place in the output to one in the image.
 * The tfjs CPU backend stops after the first image of a batch; this goes on, as tfjs's other backends and TensorFlow do.
 */
function transform(image: Value, transforms: Value, attrs: TransformAttributes): Value {
  const [batch, height, width] = image.shape as [number, number, number];
  const [outputHeight, outputWidth] = attrs.outputShape ?? [height, width];
  const numbers = split(reshape(transforms, [transforms.shape[0]!, 8, 1]), new Array<number>(8).fill(1), 1);
  const x = literal('float64', [outputWidth], axes(0, outputWidth));
  const y = literal('float64', [outputHeight, 1], axes(0, outputHeight));
  const linear = (first: number) => add(multiply(numbers[first]!, x), multiply(numbers[first + 1]!, y)); // [N or 1, h, w]
  const projection = withScalar('Add', linear(6), 1);
  const place = (first: number, size: number) =>
    mapPlace(divide(add(linear(first), numbers[first + 2]!), projection), size, attrs.fillMode);
  const firstImage = literal('int64', [batch, 1, 1], axes(0, batch));
  const places: Places = { image: firstImage, column: place(0, width), row: place(3, height) };
  const read = attrs.interpolation === 'bilinear' ? bilinear(image, places, attrs) : nearest(image, places, attrs);
  const isAtInfinity = forChannels(withScalar('Equal', projection, 0, 'bool'));
  return where(isAtInfinity, scalar('float32', attrs.fillValue), read);
}

function nearest(image: Value, { image: number, row, column }: Places, attrs: TransformAttributes): Value {
  return pixelsOrFill(image, { image: number, row: rounded(row), column: rounded(column) }, attrs);
}

/** The four pixels around, weighted as tfjs does: what lies outside counts with the fill value. */
function bilinear(image: Value, { image: number, row, column }: Places, attrs: TransformAttributes): Value {
  const [top, left] = [unary('Floor', row), unary('Floor', column)];
  const [bottom, right] = [withScalar('Add', top, 1), withScalar('Add', left, 1)];
  const at = (vertical: Value, horizontal: Value) =>
    pixelsOrFill(image, { image: number, row: vertical, column: horizontal }, attrs);
  const weighted = (first: Value, second: Value, place: Value, low: Value, high: Value) =>
    add(multiply(share(high, place), first), multiply(share(place, low), second));
  return weighted(
    weighted(at(top, left), at(top, right), column, left, right),
    weighted(at(bottom, left), at(bottom, right), column, left, right),
    row,
    top,
    bottom,
  );
}

function share(a: Value, b: Value): Value {
  return forChannels(cast(subtract(a, b), 'float32'));
}

function pixelsOrFill(image: Value, places: Places, { fillValue }: TransformAttributes): Value {
  const inside = isInside(places, image.shape);
  return where(forChannels(inside), pixelsAt(image, places), scalar('float32', fillValue));
}
