// Reading images [N, H, W, C] at places that are computed.

import { scalar } from '../graph/literals';
import { add, and, binary, cast, gather, isNotANumber, unary, where, withScalar } from '../graph/operators';
import { reshape } from '../graph/reshape';
import type { Value } from '../graph/value';

/** Places in float64, the precision in which tfjs rounds them; all of one shape up to broadcasting. */
export interface Places {
  /** Which image, int64. */
  image: Value;
  row: Value;
  column: Value;
}

/** The pixels at whole places, in the shape of the places and C. Places outside give arbitrary pixels: mask them with `isInside`. */
export function pixelsAt(images: Value, { image, row, column }: Places): Value {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const line = add(withScalar('Mul', image, height), whole(row, height));
  const pixel = add(withScalar('Mul', line, width), whole(column, width));
  return gather(reshape(images, [batch * height * width, channels]), pixel, 0);
}

/** 0 ≤ row ≤ height - 1 and the same for columns; false for NaN. */
export function isInside({ row, column }: Places, [, height, width]: readonly number[]): Value {
  return and(isBetween(row, height! - 1), isBetween(column, width! - 1));
}

/** Halves round up, as Math.round. */
export function rounded(x: Value): Value {
  return unary('Floor', withScalar('Add', x, 0.5));
}

/** A trailing axis for the channels. */
export function forChannels(x: Value): Value {
  return reshape(x, [...x.shape, 1]);
}

/** a, b and all between: a + (b - a) * fraction. */
export function between(a: Value, b: Value, fraction: Value): Value {
  return add(a, binary('Mul', binary('Sub', b, a), fraction));
}

function isBetween(x: Value, last: number): Value {
  return and(withScalar('GreaterOrEqual', x, 0, 'bool'), withScalar('LessOrEqual', x, last, 'bool'));
}

/** An index on an axis of `size`, whatever x is; casting NaN or ∞ to an integer is undefined. */
function whole(x: Value, size: number): Value {
  const held = withScalar('Min', withScalar('Max', x, 0), size - 1);
  return cast(where(isNotANumber(held), scalar('float64', 0), held), 'int64');
}
