// What the backend says when a tensor cannot be read or traced.

import type { DataType } from '@tensorflow/tfjs-core';

import type { Value } from './graph/value';
import { OnnxBackendError } from './onnx-backend-error';

export function readInsideStep(value: Value): OnnxBackendError {
  return new OnnxBackendError({
    where: 'compile',
    requirement: 'a compiled step must not read a tensor (dataSync, data, array, print)',
    got: `a read of a ${value.type} tensor of shape [${value.shape}]${value.node === undefined ? '' : ` made by ${value.node.kernel}`}`,
    remedy: 'return the tensor from the step and read it outside',
  });
}

export function notThereYet(value: Value): OnnxBackendError {
  return new OnnxBackendError({
    where: 'dataSync',
    requirement: 'a tensor can be read at once only when it is computed, and ONNX Runtime cannot block in a browser',
    got: `a ${value.type} tensor of shape [${value.shape}] that is still being computed`,
    remedy: 'read it with `await tensor.data()` (or `await tensor.array()`)',
  });
}

export function leftBehind(value: Value): OnnxBackendError {
  return new OnnxBackendError({
    where: 'compile',
    requirement: 'tensors made inside a compiled step exist only if the step returns them',
    got: `a read of a kept ${value.type} tensor of shape [${value.shape}]`,
    remedy: 'return the tensor from the step',
  });
}

export function unsupportedDtype(dtype: DataType): OnnxBackendError {
  return new OnnxBackendError({
    where: 'OnnxBackend',
    requirement: 'tensors in a graph must be float32, int32 or bool',
    got: dtype,
    remedy: "run this op on another backend (tf.setBackend('cpu'))",
  });
}
