// What an image looks like beyond its border.

import { scalar } from '../graph/literals';
import { add, subtract, unary, where, withScalar } from '../graph/operators';
import type { Value } from '../graph/value';

export type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest';

/** `place` (float64) on an axis of `size`, taken back into the image, step by step as tfjs does. */
export function mapPlace(place: Value, size: number, mode: FillMode): Value {
  switch (mode) {
    case 'reflect':
      return clamp(size > 1 ? reflect(place, size) : inImage(place), size);
    case 'wrap':
      return clamp(size > 1 ? wrap(place, size) : inImage(place), size);
    case 'nearest':
      return clamp(place, size);
    case 'constant':
      return place;
    default:
      return mode satisfies never;
  }
}

/** [abcd] → [dcba|abcd|dcba] */
function reflect(place: Value, size: number): Value {
  const period = 2 * size;
  const turns = withScalar('Mul', unary('Floor', withScalar('Div', unary('Abs', place), period)), period);
  const below = add(turns, place);
  const reflectedBelow = where(
    withScalar('Less', below, -size, 'bool'),
    withScalar('Add', below, period),
    withScalar('Sub', unary('Neg', below), 1),
  );
  const above = subtract(place, turns);
  const reflectedAbove = where(
    withScalar('GreaterOrEqual', above, size, 'bool'),
    withScalar('Add', unary('Neg', above), period - 1),
    above,
  );
  return beyond(place, size, reflectedBelow, reflectedAbove);
}

/** [abcd] → [abcd|abcd|abcd] */
function wrap(place: Value, size: number): Value {
  const turns = unary('Floor', withScalar('Div', unary('Abs', place), size - 1));
  const below = add(place, withScalar('Mul', withScalar('Add', turns, 1), size));
  const above = subtract(place, withScalar('Mul', turns, size));
  return beyond(place, size, below, above);
}

function beyond(place: Value, size: number, below: Value, above: Value): Value {
  const isAbove = withScalar('Greater', place, size - 1, 'bool');
  return where(withScalar('Less', place, 0, 'bool'), below, where(isAbove, above, place));
}

/** Places outside an image of one pixel are that pixel. */
function inImage(place: Value): Value {
  return beyond(place, 1, scalar('float64', 0), scalar('float64', 0));
}

function clamp(place: Value, size: number): Value {
  return withScalar('Max', withScalar('Min', place, size - 1), 0);
}
