// The browser's runtime in Node: onnxruntime-web runs there too.

import '@tensorflow/tfjs-backend-cpu';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { compile } from '../compile/compile';
import { device } from '../device';
import { registerOnnxBackend } from './register-onnx-backend';

const wasmPaths = `${dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'))}/`;

beforeAll(async () => {
  await registerOnnxBackend({ threads: 1, wasmPaths });
  await tf.setBackend('onnx');
});

afterEach(() => vi.unstubAllGlobals());

describe('registerOnnxBackend in a browser', () => {
  it('runs on wasm', () => {
    expect(device()).toMatchObject({ provider: 'wasm', threads: 1 });
  });

  it('refuses what a browser has not', async () => {
    await expect(registerOnnxBackend({ name: 'a', provider: 'cuda' })).rejects.toThrow(
      "provider must be one of a browser's (wasm, webgpu), got cuda",
    );
    await expect(registerOnnxBackend({ name: 'b', provider: 'webgpu' })).rejects.toThrow(
      'provider webgpu must find a device, got a browser or page without WebGPU',
    );
    vi.stubGlobal('crossOriginIsolated', false);
    await expect(registerOnnxBackend({ name: 'c', threads: 2 })).rejects.toThrow(
      /threads must be 1 on a page that is not cross-origin isolated, got 2; .*Cross-Origin-Embedder-Policy/,
    );
  });

  it('takes the first provider of a list that starts', async () => {
    await registerOnnxBackend({ name: 'first', provider: ['webgpu', 'wasm'], priority: 0, wasmPaths });
    await tf.setBackend('first');
    expect(device()?.provider).toBe('wasm');
    await tf.setBackend('onnx');
    tf.removeBackend('first');
  });

  it('reads when the graph has run, and says so where it has not', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    expect(Array.from(x.dataSync())).toEqual([1, 2, 3]); // nothing to compute
    const doubled = tf.mul(x, 2);
    const sum = tf.sum(doubled);
    expect(() => sum.dataSync()).toThrow(
      'dataSync: a tensor can be read at once only when it is computed, and ONNX Runtime cannot block in a browser, got a float32 tensor of shape [] that is still being computed; read it with `await tensor.data()`',
    );
    expect(Array.from(await sum.data())).toEqual([12]);
    expect(Array.from(doubled.dataSync())).toEqual([2, 4, 6]); // came with it
    tf.dispose([x, doubled, sum]);
  });

  it('queues compiled steps: variables go from one to the next, reads see the step they belong to', async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const step = compile((x) => {
      weight.assign(tf.add(weight, x as tf.Tensor1D));
      return tf.sum(weight);
    });
    const before = tf.memory().numTensors;
    const results = [1, 2, 3, 4, 5].map((value) => tf.tidy(() => step(tf.tensor1d([value, 1])) as tf.Tensor));
    const middle = tf.clone(weight);
    const read = middle.data();
    tf.dispose(tf.tidy(() => step(tf.tensor1d([100, 100]))));
    expect(await Promise.all(results.map(async (result) => (await result.data())[0]))).toEqual([5, 8, 12, 17, 23]);
    expect(Array.from(await read)).toEqual([16, 7]);
    expect(Array.from(await weight.data())).toEqual([116, 107]);
    tf.dispose([results, middle]);
    expect(tf.memory().numTensors).toBe(before);
    weight.dispose();
  });

  it('gives the error of a run to whoever reads what it computed or what depends on that', async () => {
    const rows = tf.tensor1d([1, 2, 3]);
    const index = tf.add(tf.tensor1d([3], 'int32'), tf.scalar(4, 'int32')) as tf.Tensor1D; // known only once it has run
    const wrong = tf.gather(rows, index);
    await expect(wrong.data()).rejects.toThrow(/indices element out of data bounds/);
    const dependent = tf.mul(wrong, 2);
    await expect(dependent.data()).rejects.toThrow(/indices element out of data bounds/);
    const right = tf.mul(rows, 2);
    expect(Array.from(await right.data())).toEqual([2, 4, 6]);
    tf.dispose([rows, index, wrong, dependent, right]);
  });

  it('times and profiles', async () => {
    const { kernelMs } = await tf.time(() => tf.tidy(() => tf.sum(tf.tensor1d([1, 2]))));
    expect(kernelMs).toBeGreaterThan(0);
    const { kernelNames } = await tf.profile(() => tf.tidy(() => tf.square(tf.scalar(3))));
    expect(kernelNames).toEqual(['Square']);
  });
});
