// Elementwise kernels of one tensor.

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { cast, divide, isNotANumber, lessThan, multiply, unary, where, withScalar } from '../graph/operators';
import type { Value } from '../graph/value';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { toInteger } from './to-integer';

export const unaryKernels: KernelDefinition[] = [
  // ONNX has the operator under its own name
  floating('Acos', (x) => unary('Acos', x)),
  floating('Acosh', (x) => unary('Acosh', x)),
  floating('Asin', (x) => unary('Asin', x)),
  floating('Asinh', (x) => unary('Asinh', x)),
  floating('Atan', (x) => unary('Atan', x)),
  floating('Atanh', (x) => unary('Atanh', x)),
  floating('Cos', (x) => unary('Cos', x)),
  floating('Cosh', (x) => unary('Cosh', x)),
  floating('Elu', (x) => unary('Elu', x)),
  floating('Erf', (x) => unary('Erf', x)),
  defineKernel('Exp', ({ inputs }) => exponential(inputs.x!)),
  floating('Log', (x) => unary('Log', x)),
  floating('Reciprocal', (x) => unary('Reciprocal', x)),
  floating('Selu', (x) => unary('Selu', x)),
  floating('Sigmoid', (x) => unary('Sigmoid', x)),
  floating('Sin', (x) => unary('Sin', x)),
  floating('Sinh', (x) => unary('Sinh', x)),
  floating('Softplus', (x) => unary('Softplus', x)),
  floating('Sqrt', (x) => unary('Sqrt', x)),
  floating('Tanh', (x) => unary('Tanh', x)),

  // any number type
  defineKernel('Abs', ({ inputs }) => unary('Abs', inputs.x!)),
  defineKernel('Neg', ({ inputs }) => unary('Neg', inputs.x!)),
  defineKernel('Square', ({ inputs }) => multiply(inputs.x!, inputs.x!)),
  defineKernel('Relu', ({ inputs }) => withScalar('Max', inputs.x!, 0)),
  defineKernel('Relu6', ({ inputs }) => withScalar('Min', withScalar('Max', inputs.x!, 0), 6)),
  defineKernel('Sign', ({ inputs }) => sign(inputs.x!)),

  // integers stay as they are
  rounding('Ceil', 'Ceil'),
  rounding('Floor', 'Floor'),
  rounding('Round', 'Round'), // both round halves to even

  // compositions
  floating('Tan', (x) => tangent(x)),
  floating('Expm1', (x) => expm1(x)),
  floating('Log1p', (x) => unary('Log', withScalar('Add', x, 1))),
  floating('Rsqrt', (x) => unary('Reciprocal', unary('Sqrt', x))),
  defineKernel<{ alpha: number }>('Step', ({ inputs, attrs }) => step(inputs.x!, attrs.alpha)),
  defineKernel<{ alpha: number }>('LeakyRelu', ({ inputs, attrs }) =>
    unary('LeakyRelu', cast(inputs.x!, 'float32'), { alpha: { float: attrs.alpha } }),
  ),
  defineKernel<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs, attrs }) =>
    withScalar('Min', withScalar('Max', inputs.x!, attrs.clipValueMin), attrs.clipValueMax),
  ),

  // predicates
  predicate('IsNan', isNotANumber),
  predicate('IsInf', (x) => emit('IsInf', [x], { type: 'bool', shape: x.shape })),
  predicate('IsFinite', (x) => lessThan(unary('Abs', x), scalar('float32', Number.POSITIVE_INFINITY))),
  defineKernel('LogicalNot', ({ inputs }) => unary('Not', cast(inputs.x!, 'bool'))),
];

/** A kernel computed in float32; other types go there and back, as tfjs stores results in the type of the input. */
function floating(kernelName: string, compute: (x: Value) => Value): KernelDefinition {
  return defineKernel(kernelName, ({ inputs }) => {
    const x = inputs.x!;
    const result = compute(cast(x, 'float32'));
    return x.type === 'float32' ? result : cast(toInteger(result), x.type);
  });
}

function rounding(kernelName: string, operator: string): KernelDefinition {
  return defineKernel(kernelName, ({ inputs }) =>
    inputs.x!.type === 'float32' ? unary(operator, inputs.x!) : inputs.x!,
  );
}

function predicate(kernelName: string, compute: (x: Value) => Value): KernelDefinition {
  return defineKernel(kernelName, ({ inputs }) => compute(cast(inputs.x!, 'float32')));
}

/** float32 whatever the input is; integers go through float64, where a result of many digits keeps them all. */
function exponential(x: Value): Value {
  return x.type === 'float32' ? unary('Exp', x) : cast(unary('Exp', cast(x, 'float64')), 'float32');
}

/** In float64, since float32 rounds large angles too far. */
function tangent(x: Value): Value {
  const angle = cast(x, 'float64');
  return cast(divide(unary('Sin', angle), unary('Cos', angle)), 'float32');
}

/** exp(x) - 1 without losing small x: tanh(x/2) * (exp(x) + 1), an identity, below 1/2. */
function expm1(x: Value): Value {
  const exponential = unary('Exp', x);
  const small = multiply(unary('Tanh', withScalar('Mul', x, 0.5)), withScalar('Add', exponential, 1));
  return where(withScalar('Less', unary('Abs', x), 0.5, 'bool'), small, withScalar('Sub', exponential, 1));
}

/** 0 for NaN. */
function sign(x: Value): Value {
  if (x.type !== 'float32') return unary('Sign', x);
  return where(isNotANumber(x), scalar('float32', 0), unary('Sign', x));
}

/** 1 above zero, alpha elsewhere; NaN stays NaN. */
function step(x: Value, alpha: number): Value {
  const result = where(withScalar('Greater', x, 0, 'bool'), scalar(x.type, 1), scalar(x.type, alpha));
  return x.type === 'float32' ? where(isNotANumber(x), x, result) : result;
}
