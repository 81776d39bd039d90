import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compile } from './compile/compile';
import { device } from './device';
import type { OnnxBackend } from './onnx-backend';
import { registerOnnxBackend } from './register-onnx-backend';

beforeAll(async () => {
  await registerOnnxBackend({ threads: 1, cacheFolder: false });
  await tf.setBackend('onnx');
});

afterAll(() => {
  tf.setBackend('cpu');
});

describe('disposed tensors', () => {
  it('are refused by name and shape, whatever is done with them', () => {
    const gone = tf.zeros([2, 3]);
    const there = tf.ones([2, 3]);
    gone.dispose();
    const message = 'inputs must not be disposed, got a disposed float32[2,3]; dispose it later';
    expect(() => tf.mul(gone, there)).toThrow(`Multiply: ${message}`);
    expect(() => tf.reshape(gone, [6])).toThrow(`Reshape: ${message}`);
    expect(() => tf.unique(gone)).toThrow(`Unique: ${message}`);
    expect(() => compile((x) => tf.neg(x as tf.Tensor))(gone)).toThrow(message);
    const twice = compile((x) => tf.mul(x as tf.Tensor, 2));
    (twice(there) as tf.Tensor).dispose(); // traced
    expect(() => twice(gone)).toThrow(message);
    there.dispose();
  });

  it('leave the backend in order', () => {
    const gone = tf.zeros([2]);
    gone.dispose();
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => tf.add(tf.ones([2]), gone))).toThrow(/disposed/);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
  });
});

describe('another copy of tfjs-core', () => {
  it('with an engine of its own is told from a disposed tensor', async () => {
    const home = globalThis as unknown as { _tfengine: unknown };
    const engine = home._tfengine;
    // tfjs shares one engine over a global; without it (another realm: a worker, jest) a copy makes its own
    home._tfengine = undefined;
    const copy = '@tensorflow/tfjs-core/dist/tf-core.fesm.js'; // without types of its own
    const other = (await import(copy)) as typeof tf;
    home._tfengine = engine;
    expect(other.engine()).not.toBe(tf.engine());
    other.registerBackend('cpu', () => tf.findBackend('cpu'));
    other.setBackend('cpu');
    const stranger = other.tensor1d([1, 2]) as tf.Tensor;
    const message = 'inputs must be tensors of the @tensorflow/tfjs-core that this backend is registered with, got';
    expect(() => tf.neg(stranger)).toThrow(`Neg: ${message} float32[2] of another copy; install one version only`);
    expect(() => compile((x) => tf.neg(x as tf.Tensor))(stranger)).toThrow(message);
    stranger.dispose();
  });
});

describe('another copy of this package', () => {
  it('is named instead of ignored', async () => {
    const foreign = Object.assign(new tf.KernelBackend(), {
      [Symbol.for('@semmae/tfjs-backend-onnx/backend')]: true,
      dispose: () => undefined,
    });
    tf.registerBackend('foreign', () => foreign);
    tf.setBackend('foreign');
    const message =
      'the current backend must belong to this copy of @semmae/tfjs-backend-onnx, got the backend of another copy';
    expect(() => device()).toThrow(`device: ${message}`);
    expect(() => compile(() => tf.ones([1]))()).toThrow(`compile: ${message}`);
    await tf.setBackend('onnx');
    tf.removeBackend('foreign');
  });
});

describe('a backend that is disposed', () => {
  it('gives what it has computed, refuses the rest and may come back', async () => {
    await registerOnnxBackend({ name: 'passing', threads: 1, priority: 0, cacheFolder: false });
    await tf.setBackend('passing');
    const passing = tf.backend() as OnnxBackend;
    const computed = tf.neg(tf.tensor1d([1, 2]));
    computed.dataSync();
    const pending = tf.neg(computed);
    tf.removeBackend('passing');
    await tf.setBackend('cpu');
    expect(Array.from(computed.dataSync())).toEqual([-1, -2]);
    const message =
      'OnnxBackend: the backend must not be disposed (tf.removeBackend does that too), got a disposed backend; ';
    expect(() => pending.dataSync()).toThrow(message);
    expect(() => tf.add(pending, 1)).toThrow(message);
    expect(() => passing.valueFor(pending)).toThrow(message);

    const warnings: string[] = [];
    const warn = console.warn;
    console.warn = (message: string) => warnings.push(message);
    await registerOnnxBackend({ name: 'passing', threads: 1, priority: 0, cacheFolder: false });
    console.warn = warn;
    expect(warnings).toEqual([]); // tfjs warns of each kernel that is registered twice
    await tf.setBackend('passing');
    expect(Array.from(tf.tidy(() => tf.add(computed, 1)).dataSync())).toEqual([0, -1]);
    await tf.setBackend('onnx');
    tf.removeBackend('passing');
  });
});
