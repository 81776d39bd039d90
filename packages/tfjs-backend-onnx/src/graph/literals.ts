// Constants that belong to the graph.

import { allocate, type ElementType } from './element-type';
import { literalValue, sizeOf, type Value } from './value';

/** A 1-d int64 constant: shapes, axes, indices. */
export function int64s(values: readonly number[]): Value {
  return interned(`int64s ${values.join()}`, () => literal('int64', [values.length], values));
}

/** A scalar constant. */
export function scalar(type: ElementType, value: number): Value {
  return interned(`${type} ${Object.is(value, -0) ? '-0' : value}`, () => filled(type, [], value));
}

/** A constant tensor with given elements. */
export function literal(type: ElementType, shape: readonly number[], values: ArrayLike<number>): Value {
  const data = allocate(type, sizeOf(shape));
  for (let index = 0; index < data.length; index++) {
    if (data instanceof BigInt64Array) data[index] = BigInt(values[index]!);
    else data[index] = values[index]!;
  }
  return literalValue(type, shape, data);
}

/** A constant tensor with one value everywhere. All elements are stored, so it should be small. */
export function filled(type: ElementType, shape: readonly number[], value: number): Value {
  return literal(type, shape, new Array<number>(sizeOf(shape)).fill(value));
}

/** Axes, shapes and epsilons come back thousands of times in one graph: each is kept once. */
const known = new Map<string, Value>();
const knownLimit = 10_000;

function interned(key: string, create: () => Value): Value {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= knownLimit) known.clear();
    value = create();
    known.set(key, value);
  }
  return value;
}
