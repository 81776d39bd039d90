// The backend that tfjs runs on at the moment, if it is one of this package.

import { backend } from '@tensorflow/tfjs-core';

import { OnnxBackend } from './onnx-backend';
import { foreignBackend } from './use-errors';

/** The current backend, or undefined when it is not of this package. Throws an OnnxBackendError when it is of another copy of it. */
export function currentOnnxBackend(where: string): OnnxBackend | undefined {
  const current: unknown = backend();
  if (current instanceof OnnxBackend) return current;
  if (OnnxBackend.isInstance(current)) throw foreignBackend(where);
  return undefined;
}
