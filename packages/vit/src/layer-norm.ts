// Layer normalization over the last axis, with a closed-form gradient.

import * as tf from '@tensorflow/tfjs-core';

/**
 * y = (x − mean) / sqrt(var + ε) · gamma + beta over the last axis; var is the biased variance. ViT and MAE have ε = 1e-6, not the
 * 1e-5 of most frameworks.
 *
 * `x` [R, D], `gamma` and `beta` [D] → [R, D]. The gradient is written out, since tfjs's own differentiation would trace every
 * step of the forward pass back: with x̂ the normalized input and g = dy·gamma,
 * dx = (g − mean(g) − x̂·mean(g·x̂)) / sqrt(var + ε), dgamma = Σ dy·x̂ and dbeta = Σ dy over the rows.
 *
 * Reference: Ba et al., "Layer Normalization", https://arxiv.org/abs/1607.06450
 */
export function layerNorm(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon = 1e-6): tf.Tensor2D {
  const differentiable = tf.customGrad<tf.Tensor2D>((...inputs) => {
    const [x, gamma, beta, save] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, (tensors: tf.Tensor[]) => void];
    const centered = tf.sub(x, tf.mean(x, -1, true)); // [R, D]
    const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon)); // [R, 1]
    const normalized = tf.mul(centered, inverseDeviation); // x̂ [R, D]
    save([normalized, inverseDeviation, gamma]);
    return { value: tf.add(tf.mul(normalized, gamma), beta), gradFunc: layerNormGradient };
  });
  return differentiable(x, gamma, beta);
}

function layerNormGradient(dy: tf.Tensor2D, saved: tf.Tensor[]): tf.Tensor[] {
  const [normalized, inverseDeviation, gamma] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  const dyNormalized = tf.mul(dy, normalized); // [R, D]
  const g = tf.mul(dy, gamma); // [R, D]
  const meanG = tf.mean(g, -1, true); // [R, 1]
  const meanGNormalized = tf.mean(tf.mul(dyNormalized, gamma), -1, true); // [R, 1]
  const dx = tf.mul(tf.sub(tf.sub(g, meanG), tf.mul(normalized, meanGNormalized)), inverseDeviation);
  return [dx, tf.sum(dyNormalized, 0), tf.sum(dy, 0)];
}
