// The exact Gaussian error linear unit, with a closed-form gradient.

import * as tf from '@tensorflow/tfjs-core';

/**
 * x·Φ(x), where Φ is the normal distribution function, by erf and not by the tanh approximation. Any shape.
 *
 * The gradient is Φ(x) + x·φ(x); Φ is kept from the forward pass, so that erf is computed once.
 *
 * Reference: Hendrycks & Gimpel, "Gaussian Error Linear Units", https://arxiv.org/abs/1606.08415
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return differentiable(x) as T;
}

const differentiable = tf.customGrad((...inputs) => {
  const [x, save] = inputs as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const distribution = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5); // Φ(x)
  save([x, distribution]);
  return { value: tf.mul(x, distribution), gradFunc: geluGradient };
});

function geluGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [x, distribution] = saved as [tf.Tensor, tf.Tensor];
  const bell = tf.exp(tf.mul(tf.square(x), -0.5)); // √(2π)·φ(x)
  const density = tf.mul(tf.mul(x, 1 / Math.sqrt(2 * Math.PI)), bell); // x·φ(x)
  return tf.mul(dy, tf.add(distribution, density));
}
