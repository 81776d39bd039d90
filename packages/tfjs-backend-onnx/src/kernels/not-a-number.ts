// NaN, which ONNX Runtime's operators treat in ways of their own.

import { emit } from '../graph/emit';
import type { Value } from '../graph/value';

export function isNotANumber(x: Value): Value {
  return emit('IsNaN', [x], { type: 'bool', shape: x.shape });
}
