// Element types of traced values: the three tfjs can hold, and those that only live inside a graph.

import type { DataType } from '@tensorflow/tfjs-core';

import { TensorProto_DataType } from '../generated/onnx_pb';
import { OnnxBackendError } from '../onnx-backend-error';

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64' | 'float64';
export type ElementArray = Float32Array | Int32Array | Uint8Array | BigInt64Array | Float64Array;

/** The ONNX `TensorProto.DataType` of an element type. */
export const onnxDataType: Record<ElementType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
  int64: TensorProto_DataType.INT64,
  float64: TensorProto_DataType.DOUBLE,
};

/** Uninitialized storage for `length` elements; bools take one byte each, as in tfjs. Throws an OnnxBackendError without memory. */
export function allocate(type: ElementType, length: number): ElementArray {
  try {
    return createArray(type, length);
  } catch (cause) {
    throw new OnnxBackendError({
      where: 'OnnxBackend',
      requirement: `there must be memory for a tensor of ${length} ${type} elements`,
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: 'take a smaller batch, dispose tensors, or give the process more memory',
      cause,
    });
  }
}

function createArray(type: ElementType, length: number): ElementArray {
  switch (type) {
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'float64':
      return new Float64Array(length);
    default:
      return type satisfies never;
  }
}

/** The element type that holds a tfjs dtype. Strings and complex numbers have none. */
export function elementTypeOf(where: string, dtype: DataType): ElementType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new OnnxBackendError({
    where,
    requirement: 'dtype must be float32, int32 or bool',
    got: dtype,
    remedy: "run this op on another backend (tf.setBackend('cpu'))",
  });
}

/** The tfjs dtype of a value that leaves the graph. */
export function tensorDtypeOf(type: ElementType): 'float32' | 'int32' | 'bool' {
  if (type === 'float32' || type === 'int32' || type === 'bool') return type;
  throw new Error(`internal: a kernel returned ${type}, which tfjs cannot hold`);
}
