// Matrix products.

import { emit } from '../graph/emit';
import { add, cast, matMul } from '../graph/operators';
import type { Value } from '../graph/value';
import { type Activation, activate } from './activation';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

export const matMulKernels: KernelDefinition[] = [
  defineKernel<MatMulAttributes>('BatchMatMul', ({ inputs, attrs }) => product(inputs.a!, inputs.b!, attrs)),
  defineKernel<MatMulAttributes & Activation>('_FusedMatMul', ({ inputs, attrs }) => {
    const result = product(inputs.a!, inputs.b!, attrs);
    return activate(
      inputs.bias === undefined ? result : add(result, inputs.bias),
      attrs,
      inputs.preluActivationWeights,
    );
  }),
  defineKernel<{ equation: string }>('Einsum', ({ inputs, attrs }) => einsum(Object.values(inputs), attrs.equation)),
];

function product(a: Value, b: Value, { transposeA, transposeB }: MatMulAttributes): Value {
  return cast(matMul(cast(a, 'float32'), cast(b, 'float32'), { transposeA, transposeB }), a.type);
}

function einsum(values: Value[], equation: string): Value {
  const [terms, result] = equation.replaceAll(' ', '').split('->') as [string, string];
  const sizes = new Map<string, number>();
  terms.split(',').forEach((term, index) => {
    [...term].forEach((letter, axis) => {
      sizes.set(letter, values[index]!.shape[axis]!);
    });
  });
  const shape = [...result].map((letter) => sizes.get(letter)!);
  return emit('Einsum', values, { type: values[0]!.type, shape }, { attributes: { equation: `${terms}->${result}` } });
}
