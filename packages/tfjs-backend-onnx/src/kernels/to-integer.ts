// From floating point to int32 as JavaScript does it.

import { scalar } from '../graph/literals';
import { cast, unary, where, withScalar } from '../graph/operators';
import type { Value } from '../graph/value';

/** Larger numbers may not fit into int64. */
const largest = 2 ** 62;

/** Cuts off fractions, modulo 2^32; NaN and infinities become 0. A plain cast of numbers beyond int32 depends on the processor. */
export function toInteger(x: Value): Value {
  if (x.type !== 'float32' && x.type !== 'float64') return cast(x, 'int32');
  const isNumber = withScalar('LessOrEqual', unary('Abs', x), largest, 'bool');
  const whole = cast(where(isNumber, x, scalar(x.type, 0)), 'int64');
  return cast(withScalar('Mod', whole, 2 ** 32), 'int32'); // without the modulus the two casts would be optimized into one
}
