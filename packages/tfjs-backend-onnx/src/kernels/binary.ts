// Elementwise kernels of two tensors, with broadcasting.

import { scalar } from '../graph/literals';
import {
  add,
  and,
  binary,
  cast,
  divide,
  equal,
  multiply,
  or,
  subtract,
  unary,
  where,
  withScalar,
} from '../graph/operators';
import type { Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { toInteger } from './to-integer';

export const binaryKernels: KernelDefinition[] = [
  arithmetic('Add', add),
  arithmetic('Sub', subtract),
  arithmetic('Multiply', multiply),
  arithmetic('RealDiv', (a, b) => (a.type === 'float32' ? divide(a, b) : throughDouble(divide, a, b))),
  arithmetic('Maximum', (a, b) => binary('Max', a, b)),
  arithmetic('Minimum', (a, b) => binary('Min', a, b)),
  arithmetic('Pow', (a, b) =>
    a.type === 'float32' ? binary('Pow', a, b) : throughDouble((x, y) => binary('Pow', x, y), a, b),
  ),
  arithmetic('SquaredDifference', (a, b) => {
    const difference = subtract(a, b);
    return multiply(difference, difference);
  }),
  arithmetic('Mod', (a, b) => (a.type === 'float32' ? floorMod(a, b) : throughDouble(doubleMod, a, b))),
  arithmetic('Atan2', (y, x) => {
    const angle = atan2(cast(y, 'float32'), cast(x, 'float32'));
    return cast(angle, y.type);
  }),
  arithmetic('BitwiseAnd', (a, b) => binary('BitwiseAnd', a, b)),
  defineKernel('FloorDiv', ({ inputs }) =>
    toInteger(floorDivide(cast(inputs.a!, 'float64'), cast(inputs.b!, 'float64'))),
  ),
  defineKernel('Prelu', ({ inputs }) => {
    const x = cast(inputs.x!, 'float32');
    return where(withScalar('Less', x, 0, 'bool'), multiply(x, cast(inputs.alpha!, 'float32')), x);
  }),
  // dy where y >= 0, dy * (y + 1) below: the derivative of elu from its result
  arithmetic(
    'EluGrad',
    (dy, y) => where(withScalar('GreaterOrEqual', y, 0, 'bool'), dy, multiply(dy, withScalar('Add', y, 1))),
    ['dy', 'y'],
  ),

  comparison('Equal', 'Equal'),
  comparison('Greater', 'Greater'),
  comparison('GreaterEqual', 'GreaterOrEqual'),
  comparison('Less', 'Less'),
  comparison('LessEqual', 'LessOrEqual'),
  defineKernel('NotEqual', ({ inputs }) => unary('Not', equal(...comparable(inputs.a!, inputs.b!)))),
  defineKernel('LogicalAnd', ({ inputs }) => and(cast(inputs.a!, 'bool'), cast(inputs.b!, 'bool'))),
  defineKernel('LogicalOr', ({ inputs }) => or(cast(inputs.a!, 'bool'), cast(inputs.b!, 'bool'))),
  defineKernel('AddN', ({ inputs }) => Object.values(inputs).reduce(add)),
];

type Pair = [first: string, second: string];

/** A kernel on two tensors of one type; bools count as integers and come back as bools. */
function arithmetic(
  kernelName: string,
  compute: (a: Value, b: Value) => Value,
  [first, second]: Pair = ['a', 'b'],
): KernelDefinition {
  return defineKernel(kernelName, ({ inputs }) => {
    const a = inputs[first]!;
    return cast(compute(...comparable(a, inputs[second]!)), a.type);
  });
}

function comparison(kernelName: string, operator: string): KernelDefinition {
  return defineKernel(kernelName, ({ inputs }) => binary(operator, ...comparable(inputs.a!, inputs.b!), 'bool'));
}

/** Both operands in one type that ONNX computes in. */
function comparable(a: Value, b: Value): [a: Value, b: Value] {
  const type = a.type === 'float32' || b.type === 'float32' ? 'float32' : 'int32';
  return [cast(a, type), cast(b, type)];
}

/** int32 arithmetic in float64: exact, and a zero divisor gives a value where the integer operator would trap. */
function throughDouble(compute: (a: Value, b: Value) => Value, a: Value, b: Value): Value {
  return toInteger(compute(cast(a, 'float64'), cast(b, 'float64')));
}

function floorDivide(a: Value, b: Value): Value {
  return unary('Floor', divide(a, b));
}

function doubleMod(a: Value, b: Value): Value {
  return subtract(a, multiply(b, floorDivide(a, b)));
}

/** a mod b with the sign of b; C's fmod has the sign of a. */
function floorMod(a: Value, b: Value): Value {
  const attributes = { fmod: 1 };
  const remainder = binary('Mod', a, b, a.type, attributes);
  return where(
    equal(withScalar('Less', a, 0, 'bool'), withScalar('Less', b, 0, 'bool')),
    remainder,
    binary('Mod', add(remainder, b), b, a.type, attributes),
  );
}

/**
 * The angle of the point (x, y). With |x| and |y| the smaller over the larger, the arctangent lies in the first eighth of the circle
 * and never meets 0 / 0 or ∞ / ∞; mirroring gives the rest of the circle. The sign of a zero matters: atan2(0, -0) is π.
 */
function atan2(y: Value, x: Value): Value {
  const [width, height] = [unary('Abs', x), unary('Abs', y)];
  const [larger, smaller] = [binary('Max', width, height), binary('Min', width, height)];
  const slope = where(equal(larger, smaller), unary('Sign', larger), divide(smaller, larger));
  const eighth = unary('Atan', slope);
  const quarter = where(binary('Greater', height, width, 'bool'), mirrored(eighth, Math.PI / 2), eighth);
  const half = where(isNegative(x), mirrored(quarter, Math.PI), quarter);
  return where(isNegative(y), unary('Neg', half), half);
}

function mirrored(angle: Value, at: number): Value {
  return binary('Sub', scalar('float32', at), angle);
}

/** True for -0 too, whose reciprocal is -∞. */
function isNegative(x: Value): Value {
  return or(withScalar('Less', x, 0, 'bool'), withScalar('Less', unary('Reciprocal', x), 0, 'bool'));
}
