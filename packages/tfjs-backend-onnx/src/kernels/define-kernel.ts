// From a function over traced values to a tfjs kernel.

import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

import { record } from '../graph/emit';
import { emptyValue, sizeOf, type Value } from '../graph/value';
import type { OnnxBackend } from '../onnx-backend';
import { onHost } from './on-host';

/** A kernel that is not bound to a backend name yet. */
export type KernelDefinition = Omit<KernelConfig, 'backendName'>;

export interface KernelCall<Attributes> {
  /** Values of the tensors given for each input, lists flattened to "0", "1", … */
  inputs: Readonly<Record<string, Value>>;
  attrs: Attributes;
  backend: OnnxBackend;
}

type KernelBody<Attributes> = (call: KernelCall<Attributes>) => Value | Value[];

/** A kernel whose result is traced: `body` appends nodes and returns the values of the result tensors. */
export function defineKernel<Attributes = NamedAttrMap>(
  kernelName: string,
  body: KernelBody<Attributes>,
): KernelDefinition {
  return {
    kernelName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const onnx = backend as OnnxBackend;
      if (needsHost(inputs, attrs)) return onHost(kernelName)({ inputs, attrs, backend });
      onnx.flushBetweenSteps();
      const result = record(onnx.recorder, kernelName, () =>
        body({ inputs: valuesOf(kernelName, inputs, onnx), attrs: attrs as Attributes, backend: onnx }),
      );
      return Array.isArray(result) ? result.map((value) => tensorOf(value, onnx)) : tensorOf(result, onnx);
    },
  };
}

/** Strings and complex numbers have no place in a graph. */
function needsHost(inputs: NamedTensorInfoMap, attrs: NamedAttrMap | undefined): boolean {
  const isForeign = (dtype: unknown) => dtype === 'string' || dtype === 'complex64';
  return isForeign(attrs?.dtype) || Object.values(inputs).some((info) => isForeign(info?.dtype));
}

function valuesOf(kernelName: string, inputs: NamedTensorInfoMap, backend: OnnxBackend): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, info] of Object.entries(inputs)) {
    if (info != null) values[name] = backend.valueFor(info, kernelName);
  }
  return values;
}

function tensorOf(value: Value, backend: OnnxBackend): TensorInfo {
  const { type, shape } = value;
  return backend.tensorOf(sizeOf(shape) === 0 ? emptyValue(type, shape) : value); // nothing to compute in an empty tensor
}
