// Pseudo-random tensors, the same on every machine.

import * as tf from '@tensorflow/tfjs-core';

/** Pseudo-random values in [low, high), the same at every call. */
export function noise(shape: number[], { low = -2, high = 2, seed = 1 } = {}): tf.Tensor {
  return tf.tensor(noiseValues(tf.util.sizeFromShape(shape), { low, high, seed }), shape);
}

export function noiseIntegers(shape: number[], { low = -9, high = 10, seed = 1 } = {}): tf.Tensor {
  const values = Int32Array.from(noiseValues(tf.util.sizeFromShape(shape), { low, high, seed }), Math.floor);
  return tf.tensor(values, shape, 'int32');
}

export function noiseBools(shape: number[], seed = 1): tf.Tensor {
  const values = Uint8Array.from(noiseValues(tf.util.sizeFromShape(shape), { low: 0, high: 1, seed }), (value) => (value < 0.5 ? 0 : 1));
  return tf.tensor(values, shape, 'bool');
}

function noiseValues(length: number, { low, high, seed }: { low: number; high: number; seed: number }): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator: quality does not matter here
    return low + (high - low) * (state / 2 ** 32);
  });
}
