// Runs a computation on the tfjs CPU backend and on this one.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { registerOnnxBackend } from '../register-onnx-backend';

export { noise, noiseBools, noiseIntegers } from './noise';

await registerOnnxBackend({ threads: 1 });
await tf.setBackend('onnx');

export interface PlainTensor {
  shape: number[];
  dtype: string;
  values: number[];
}

/** What `compute` returns, as plain arrays; leaves no tensor behind. */
export function runOn(backend: 'cpu' | 'onnx', compute: () => tf.Tensor | tf.Tensor[]): PlainTensor[] {
  tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(() => [compute()].flat().map((tensor) => tf.clone(tensor)));
  let results: PlainTensor[];
  try {
    results = tensors.map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: Array.from(tensor.dataSync()),
    }));
  } finally {
    tf.dispose(tensors); // what failed would fail the next read too
    tf.setBackend('onnx');
  }
  expect(tf.memory().numTensors).toBe(before);
  return results;
}

/**
 * Both backends give the same shapes, dtypes and values. float32 sums in another order differ by some 1e-6 of the largest
 * term; `tolerance` is relative to max(1, |value|).
 */
export function expectAgreement(compute: () => tf.Tensor | tf.Tensor[], tolerance = 1e-5): void {
  const expected = runOn('cpu', compute);
  const actual = runOn('onnx', compute);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(expected.map(({ shape, dtype }) => ({ shape, dtype })));
  actual.forEach(({ values }, index) => {
    expect(values.length).toBe(expected[index]!.values.length);
    values.forEach((value, position) => {
      const wanted = expected[index]!.values[position]!;
      if (Object.is(value, wanted) || value === wanted) return;
      const error = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
      if (!(error <= tolerance)) expect.fail(`element ${position}: ${value} is not ${wanted}`);
    });
  });
}

/** One test for each case: it agrees with the CPU backend. */
export function agree(cases: Record<string, () => tf.Tensor | tf.Tensor[]>, tolerance?: number): void {
  it.each(Object.entries(cases))('%s', (_, compute) => {
    expectAgreement(compute, tolerance);
  });
}

/** Values of every kind that floating point has. */
export function specialValues(): tf.Tensor1D {
  return tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0.5, 2.5, -3.7]);
}
