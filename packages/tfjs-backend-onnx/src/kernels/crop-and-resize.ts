// Boxes cut out of images and resized. The boxes are tensors: where they read is computed in the graph.

import { literal, scalar } from '../graph/literals';
import { add, cast, isNotANumber, multiply, or, slice, subtract, unary, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import type { Value } from '../graph/value';
import { axes } from './channels';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { between, forChannels, type Places, pixelsAt, rounded } from './sampling';

interface CropAttributes {
  cropSize: [number, number];
  method: 'bilinear' | 'nearest';
  extrapolationValue: number;
}

export const cropAndResizeKernels: KernelDefinition[] = [
  defineKernel<CropAttributes>('CropAndResize', ({ inputs, attrs }) =>
    cropAndResize(cast(inputs.image!, 'float32'), cast(inputs.boxes!, 'float64'), cast(inputs.boxInd!, 'int64'), attrs),
  ),
];

/** `image` [N, H, W, C], `boxes` [B, 4] as y1, x1, y2, x2 in units of the image, `boxImage` [B] → [B, h, w, C] */
function cropAndResize(image: Value, boxes: Value, boxImage: Value, attrs: CropAttributes): Value {
  const [batch, height, width] = image.shape as [number, number, number];
  const [cropHeight, cropWidth] = attrs.cropSize;
  const count = boxes.shape[0]!;
  const row = reshape(readingPlaces(boxes, 0, height, cropHeight), [count, cropHeight, 1]);
  const column = reshape(readingPlaces(boxes, 1, width, cropWidth), [count, 1, cropWidth]);
  // NaN is neither inside nor outside and goes on into the result
  const outside = or(isOutside(row, height), isOutside(column, width)); // [B, h, w]
  const exists = withScalar('Less', boxImage, batch, 'bool');
  const held = withScalar('Max', withScalar('Min', boxImage, batch - 1), 0);
  const places = { image: reshape(held, [count, 1, 1]), row, column };
  const read = attrs.method === 'bilinear' ? bilinear(image, places) : nearest(image, places);
  const filled = where(forChannels(outside), scalar('float32', attrs.extrapolationValue), read);
  return where(reshape(exists, [count, 1, 1, 1]), filled, scalar('float32', 0)); // zeros where the image does not exist
}

/** Where each pixel of the crop reads along an axis of `size`: [B, crop], from the first to the last place of the box. */
function readingPlaces(boxes: Value, axis: number, size: number, crop: number): Value {
  const ends = [axis, axis + 2].map((column) => slice(boxes, { begin: [0, column], size: [boxes.shape[0]!, 1] }));
  const [first, last] = ends as [Value, Value];
  if (crop === 1) return withScalar('Mul', withScalar('Mul', add(first, last), 0.5), size - 1);
  const step = withScalar('Div', withScalar('Mul', subtract(last, first), size - 1), crop - 1);
  const steps = literal('float64', [crop], axes(0, crop));
  return add(withScalar('Mul', first, size - 1), multiply(steps, step));
}

function bilinear(image: Value, { image: number, row, column }: Places): Value {
  const [top, bottom] = [unary('Floor', row), unary('Ceil', row)];
  const [left, right] = [unary('Floor', column), unary('Ceil', column)];
  const at = (vertical: Value, horizontal: Value) =>
    pixelsAt(image, { image: number, row: vertical, column: horizontal });
  const along = forChannels(cast(subtract(column, left), 'float32'));
  const down = forChannels(cast(subtract(row, top), 'float32'));
  return between(
    between(at(top, left), at(top, right), along),
    between(at(bottom, left), at(bottom, right), along),
    down,
  );
}

function nearest(image: Value, { image: number, row, column }: Places): Value {
  const read = pixelsAt(image, { image: number, row: rounded(row), column: rounded(column) });
  const isNowhere = or(isNotANumber(row), isNotANumber(column));
  return where(forChannels(isNowhere), scalar('float32', Number.NaN), read);
}

function isOutside(place: Value, size: number): Value {
  return or(withScalar('Less', place, 0, 'bool'), withScalar('Greater', place, size - 1, 'bool'));
}
