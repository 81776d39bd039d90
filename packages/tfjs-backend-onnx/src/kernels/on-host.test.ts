import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { compile } from '../compile/compile';
import { registerOnnxBackend } from '../register-onnx-backend';

describe('kernels that run on the CPU backend', () => {
  it('ask for it where it is missing, then run, and leave no data behind', async () => {
    await registerOnnxBackend({ threads: 1 });
    await tf.setBackend('onnx');
    const values = tf.tensor1d([3, 1, 3], 'int32');
    expect(() => tf.unique(values)).toThrow(
      "Unique: this kernel runs on the tfjs CPU backend, which must be there, got none for inputs int32[3]; add `import '@tensorflow/tfjs-backend-cpu'`",
    );

    await import('@tensorflow/tfjs-backend-cpu');
    const onHost = tf.findBackend('cpu').numDataIds();
    const warnings: string[] = [];
    const warn = console.warn;
    console.warn = (message: string) => warnings.push(message);
    const before = tf.memory();
    tf.tidy(() => {
      const { values: distinct, indices } = tf.unique(tf.mul(values, 2)); // of a pending tensor
      expect(Array.from(distinct.dataSync())).toEqual([6, 2]);
      expect(Array.from(indices.dataSync())).toEqual([0, 1, 0]);
      expect(tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]).arraySync()).toEqual(['a', 'b']);
      const signal = tf.complex([1, 2, 3], [4, 5, 6]);
      const there = tf.spectral.ifft(tf.spectral.fft(signal));
      tf.real(there)
        .dataSync()
        .forEach((value, index) => {
          expect(Math.abs(value - (index + 1))).toBeLessThan(1e-5); // two transforms in float32
        });
    });
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.findBackend('cpu').numDataIds()).toBe(onHost);

    tf.tidy(() => tf.unique(values));
    console.warn = warn;
    expect(warnings.filter((message) => message.startsWith('Unique'))).toEqual([
      'Unique runs on the tfjs CPU backend, not in a graph; it cannot be part of a compiled step.',
    ]); // once for two calls
    values.dispose();
  });

  it('are refused by compiled steps, by name, unless their inputs are constants', () => {
    const values = tf.tensor1d([3, 1, 3], 'int32');
    expect(() => compile((x) => tf.unique(x as tf.Tensor).values)(values)).toThrow(
      'compile: a compiled step must not contain Unique, which runs on the tfjs CPU backend, got Unique of int32[3]; ',
    );
    const distinct = compile((x) => tf.add(x as tf.Tensor, tf.unique(tf.tensor1d([2, 2], 'int32')).values));
    const sum = distinct(values) as tf.Tensor;
    expect(Array.from(sum.dataSync())).toEqual([5, 3, 5]);
    tf.dispose([values, sum]);
  });
});
