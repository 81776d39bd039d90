// Reshape, which never costs a copy of a computed tensor.

import { emit } from './emit';
import { int64s } from './literals';
import { sizeOf, storedValue, type Value } from './value';

/** `value` with the same elements in another shape. */
export function reshape(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  if (sizeOf(value.shape) !== sizeOf(shape)) throw new Error(`internal: cannot reshape [${value.shape}] to [${shape}]`);
  if (value.storage !== undefined) return storedValue(value.storage, shape, value.offset);
  if (value.node?.operator === 'Reshape') return reshape(value.node.inputs[0]!, shape);
  const key = shape.join();
  value.reshaped ??= new Map();
  let twin = value.reshaped.get(key);
  if (twin === undefined) {
    twin = emit('Reshape', [value, int64s(shape)], { type: value.type, shape });
    value.reshaped.set(key, twin);
  }
  return twin;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
