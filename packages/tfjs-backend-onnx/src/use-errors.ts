// What the backend says when it is used in a way that cannot work.

import type { DataType } from '@tensorflow/tfjs-core';

import { OnnxBackendError } from './onnx-backend-error';

interface TensorLike {
  shape: readonly number[];
  dtype: DataType;
  isDisposed?: boolean;
}

/** No backend of this tfjs knows the tensor. */
export function unknownTensor(where: string, { shape, dtype, isDisposed }: TensorLike): OnnxBackendError {
  const tensor = `${dtype}[${shape}]`;
  if (isDisposed === true) {
    return new OnnxBackendError({
      where,
      requirement: 'inputs must not be disposed',
      got: `a disposed ${tensor}`,
      remedy: 'dispose it later, or return it from the tidy that disposed it (tf.keep keeps it too)',
    });
  }
  return new OnnxBackendError({
    where,
    requirement: 'inputs must be tensors of the @tensorflow/tfjs-core that this backend is registered with',
    got: `${tensor} of another copy`,
    remedy: 'install one version only (`npm ls @tensorflow/tfjs-core`, then `npm dedupe`)',
  });
}

export function usedAfterDispose(where: string): OnnxBackendError {
  return new OnnxBackendError({
    where,
    requirement: 'the backend must not be disposed (tf.removeBackend does that too)',
    got: 'a disposed backend',
    remedy: 'read results before it is disposed; register and set the backend again to go on',
  });
}

export function foreignBackend(where: string): OnnxBackendError {
  return new OnnxBackendError({
    where,
    requirement: 'the current backend must belong to this copy of @semmae/tfjs-backend-onnx',
    got: 'the backend of another copy',
    remedy: 'install one version only (`npm ls @semmae/tfjs-backend-onnx`, then `npm dedupe`)',
  });
}
