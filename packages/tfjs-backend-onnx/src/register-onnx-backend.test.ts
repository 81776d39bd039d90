import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { device } from './device';
import { OnnxBackendError } from './onnx-backend-error';
import { registerOnnxBackend } from './register-onnx-backend';

describe('registerOnnxBackend', () => {
  it('names what is available when a provider is not', async () => {
    const error = await registerOnnxBackend({ name: 'cuda', provider: 'cuda' }).catch((error: unknown) => error);
    expect(OnnxBackendError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(
      /^OnnxBackendError: registerOnnxBackend: provider must be available here \(cpu.*\), got cuda; .*onnxruntime-node\/script\/install\.js/,
    );
  });

  it('refuses senseless options', async () => {
    await expect(registerOnnxBackend({ threads: 0 })).rejects.toThrow('threads must be a positive integer, got 0');
    await expect(registerOnnxBackend({ cacheSize: 1.5 })).rejects.toThrow(
      'cacheSize must be a positive integer, got 1.5',
    );
  });

  it('registers one backend a name, on the asked number of threads', async () => {
    await registerOnnxBackend({ name: 'one-thread', threads: 1, priority: 0 });
    await tf.setBackend('one-thread');
    expect(tf.tidy(() => tf.sum(tf.tensor1d([1, 2])).dataSync()[0])).toBe(3);
    expect(device()).toMatchObject({ provider: 'cpu', threads: 1 });
    await expect(registerOnnxBackend({ name: 'one-thread' })).rejects.toThrow(
      'name must not be registered yet, got one-thread',
    );
  });

  it('is what tfjs picks by itself after the side-effect import', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await import('./register');
    tf.removeBackend('one-thread');
    await tf.ready();
    expect(tf.getBackend()).toBe('onnx');
  });
});
