// Matrix products.

import { backend_util } from '@tensorflow/tfjs-core';

import { emit } from '../graph/emit';
import { add, cast, matMul } from '../graph/operators';
import type { Value } from '../graph/value';
import { OnnxBackendError } from '../onnx-backend-error';
import { type Activation, activate } from './activation';
import { defineKernel, type KernelDefinition } from './define-kernel';
import { shapeHolder } from './shape-holder';

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
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (a.shape.length < 2 || b.shape.length < 2 || inner[0] !== inner[1]) {
    throw new OnnxBackendError({
      where: 'matMul',
      requirement: 'inner dimensions of two matrices must agree',
      got: `[${a.shape}]${transposeA ? ' transposed' : ''} and [${b.shape}]${transposeB ? ' transposed' : ''}`,
      remedy: 'check shapes and transpose flags',
    });
  }
  return cast(matMul(cast(a, 'float32'), cast(b, 'float32'), { transposeA, transposeB }), a.type);
}

/** tfjs's rules decide which equations are accepted; ONNX Runtime evaluates them. */
function einsum(values: Value[], equation: string): Value {
  const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, values.length);
  backend_util.checkEinsumDimSizes(
    allDims.length,
    idDims,
    values.map(shapeHolder) as Parameters<typeof backend_util.checkEinsumDimSizes>[2],
  );
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
