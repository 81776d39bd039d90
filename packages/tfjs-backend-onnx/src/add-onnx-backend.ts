// Adds a backend of this package to tfjs's registry: the part of the registration that Node and the browser share.

import { getKernel, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

import { kernels } from './kernels/all-kernels';
import type { OnnxBackend } from './onnx-backend';
import { OnnxBackendError } from './onnx-backend-error';

/** Registers a backend and its kernels. A factory that returns a promise is awaited by `tf.setBackend` and `tf.ready`. */
export function addOnnxBackend(name: string, priority: number, create: () => OnnxBackend | Promise<OnnxBackend>): void {
  if (!registerBackend(name, create, priority)) {
    throw new OnnxBackendError({
      where: 'registerOnnxBackend',
      requirement: 'name must not be registered yet',
      got: name,
      remedy: `call tf.removeBackend('${name}') first or pick another name`,
    });
  }
  for (const kernel of kernels) {
    // tf.removeBackend leaves them registered, and tfjs warns of each that it has
    if (getKernel(kernel.kernelName, name) === undefined) registerKernel({ ...kernel, backendName: name });
  }
}

export function assertPositiveInteger(option: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `${option} must be a positive integer`,
    got: String(value),
    remedy: `leave ${option} out for the default`,
  });
}
