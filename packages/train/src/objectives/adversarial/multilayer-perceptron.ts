// Linear layers with ReLU between them: projector, predictor and the bottleneck of the mask network.

import * as tf from '@tensorflow/tfjs-core';

import type { SeededWeights } from './seeded-weights';

export interface MultilayerPerceptronOptions {
  weights: SeededWeights;
  name: string;
  /** Inputs, hidden layers, outputs: at least two numbers. */
  widths: readonly number[];
  /** Whether a ReLU follows the last layer too. Default false. */
  activateLast?: boolean;
}

/** `[R, widths[0]] → [R, widths.at(-1)]`. Kernels start uniform in ±sqrt(6 / inputs) (He et al., 2015), biases at zero. */
export function multilayerPerceptron({
  weights,
  name,
  widths,
  activateLast = false,
}: MultilayerPerceptronOptions): (rows: tf.Tensor2D) => tf.Tensor2D {
  const layers = widths.slice(1).map((outputs, index) => {
    const inputs = widths[index]!;
    return {
      kernel: weights.uniform(`${name}.${index}.kernel`, [inputs, outputs], Math.sqrt(6 / inputs)),
      bias: weights.uniform(`${name}.${index}.bias`, [outputs], 0),
      activate: activateLast || index < widths.length - 2,
    };
  });
  return (rows) =>
    tf.tidy(() =>
      layers.reduce((x, { kernel, bias, activate }) => {
        const mapped: tf.Tensor2D = tf.add(tf.matMul(x, kernel as tf.Tensor as tf.Tensor2D), bias);
        return activate ? tf.relu(mapped) : mapped;
      }, rows),
    );
}
