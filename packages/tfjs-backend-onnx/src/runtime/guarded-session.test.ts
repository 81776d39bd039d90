import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import '../__fixtures__/on-both-backends';
import { OnnxBackendError } from '../onnx-backend-error';
import { createGuardedSession } from './guarded-session';
import type { OnnxRuntime, RuntimeTensor } from './onnx-runtime';
import type { OnnxProvider } from './session-options';

/** A runtime that fails with `message` when a session is made, or when it runs, at once or later. */
function failingRuntime(message: string, when: 'create' | 'run' | 'later'): OnnxRuntime {
  return {
    providers: ['cpu'],
    tensor: (type, data, dims): RuntimeTensor => ({ type, data, dims }),
    createSession() {
      if (when === 'create') throw new Error(message);
      const run = () => {
        if (when === 'later') return Promise.reject(new Error(message));
        throw new Error(message);
      };
      return { run, release: () => undefined };
    },
  };
}

function guarded(message: string, when: 'create' | 'run' | 'later', provider: OnnxProvider = 'cpu') {
  const runtime = failingRuntime(message, when);
  const session = createGuardedSession(
    runtime,
    { provider, threads: 1, spinMicroseconds: 0 },
    { model: new Uint8Array(), nodes: 2 },
  );
  return session.run({ i0: runtime.tensor('float32', new Float32Array(250_000), [250_000]) }, {});
}

describe('createGuardedSession', () => {
  it('names graph, provider and the way out when memory is exhausted', () => {
    expect(() => guarded('BFCArena::AllocateRawInternal\n Failed to allocate memory', 'run', 'cuda')).toThrow(
      'OnnxBackend: a graph of 2 operators, 1.0 MB in and 0.0 MB out must run on provider cuda, ' +
        'got BFCArena::AllocateRawInternal Failed to allocate memory; ' +
        "memory is exhausted: take a smaller batch, dispose tensors, or use provider 'cpu'",
    );
  });

  it('says that a device is gone', async () => {
    await expect(guarded('Device lost: GPU process crashed', 'later', 'webgpu')).rejects.toThrow(
      /on provider webgpu, got Device lost: GPU process crashed; the device is gone .* last checkpoint/,
    );
    expect(() => guarded('CUDA failure 719: unspecified launch failure', 'run', 'cuda')).toThrow(/the device is gone/);
  });

  it('does not take a refused operator for a device that is gone', () => {
    // What an NVIDIA H200 said, shortened.
    const refused =
      "Non-zero status code returned while running Split node. Name:'n957_0' Status Message: " +
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/shader_helper.cc:306 onnxruntime::webgpu::ShaderHelper::AddVariableImpl() ' +
      'numbers_storage_buffers_ <= limits_.maxStorageBuffersPerShaderStage was false. Too many storage buffers in shader.';
    expect(() => guarded(refused, 'run', 'webgpu')).toThrow(/too many storage buffers in shader\.; check shapes/i);
    const unsupported = '/onnxruntime_src/onnxruntime/core/providers/cuda/nn/conv.cc:1 only 2D';
    expect(() => guarded(unsupported, 'run', 'cuda')).toThrow(/only 2D; check shapes/);
  });

  it('says which graph does not compile', () => {
    expect(() => guarded('No such op', 'create')).toThrow(
      /^OnnxBackend: a graph of 2 operators must compile on provider cpu, got No such op; check shapes/,
    );
  });

  it('is what a tfjs program sees of memory that is really exhausted, and of a wrong index', () => {
    const run = (compute: () => tf.Tensor) => {
      try {
        tf.tidy(() => compute().dataSync());
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const side = 4e6; // 64 TB in between
    const tooMuch = run(() => tf.tidy(() => tf.sum(tf.matMul(tf.ones([side, 1]), tf.ones([1, side])))));
    expect(OnnxBackendError.isInstance(tooMuch)).toBe(true);
    expect(String(tooMuch)).toMatch(/must run on provider cpu, got .*; memory is exhausted: take a smaller batch/);
    expect(String(tooMuch)).not.toContain('\n');
    expect(String(run(() => tf.matMul(tf.ones([side, 1]), tf.ones([1, side]))))).toMatch(
      /there must be memory for a tensor of 16000000000000 float32 elements, got .*; take a smaller batch/,
    );
    const outside = () => tf.cast(tf.mul(tf.ones([1]), 5), 'int32'); // known only when the graph runs
    expect(String(run(() => tf.gather(tf.tensor1d([1, 2]), outside())))).toMatch(
      /got .*indices element out of data bounds.*; check shapes and values/,
    );
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
  });
});
