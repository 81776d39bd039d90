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
  const u = tf.mul(x, Math.SQRT1_2);
  const distribution = tf.add(tf.mul(tf.erf(u), 0.5), 0.5); // Φ(x)
  save([u, distribution]);
  // By u and not by x: a compiler can then fold both factors into the products before and after.
  return { value: tf.mul(tf.mul(u, distribution), Math.SQRT2), gradFunc: geluGradient };
});

/** With u = x/√2, x·φ(x) = u·exp(−u²)/√π; the factor is folded into the exponent, since each pass over this tensor counts. */
function geluGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [u, distribution] = saved as [tf.Tensor, tf.Tensor];
  const bell = tf.exp(tf.sub(-0.5 * Math.log(Math.PI), tf.square(u))); // exp(−u²)/√π
  return tf.mul(dy, tf.add(distribution, tf.mul(u, bell)));
}
