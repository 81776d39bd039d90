// Adaptive instance normalization (AdaIN), the way the class token paints texture into the decoder.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

export interface AdaptiveInstanceNormalizationOptions {
  /** Feature maps [B, H, W, C]. */
  features: tf.Tensor4D;
  /** gamma [B, C]: standard deviation of each output channel. */
  scale: tf.Tensor2D;
  /** beta [B, C]: mean of each output channel. */
  bias: tf.Tensor2D;
  /** Added to the variance. Default 1e-8, as in StyleGAN. */
  epsilon?: number;
}

/**
 * `scale * (features - mean) / sqrt(variance + epsilon) + bias`, with mean and variance per image and channel over H x W.
 *
 * The paper calls sigma "mean and variance values"; like StyleGAN this divides by the standard deviation. The gradient is
 * written out, which costs about half the full-size operations that tfjs derives from the formula.
 *
 * Reference: SemMAE Eq. 3, https://arxiv.org/abs/2206.10207; Huang & Belongie, https://arxiv.org/abs/1703.06868
 *
 * @returns [B, H, W, C]
 */
export function adaptiveInstanceNormalization(options: AdaptiveInstanceNormalizationOptions): tf.Tensor4D {
  const { features, scale, bias, epsilon = 1e-8 } = options;
  assertShape('adaptiveInstanceNormalization', 'features', features.shape, [null, null, null, null]);
  const [batch, height, width, channels] = features.shape;
  const where = 'adaptiveInstanceNormalization';
  const remedy = 'give one value per image and channel';
  assertShape(where, 'scale', scale.shape, [batch, channels], remedy);
  assertShape(where, 'bias', bias.shape, [batch, channels], remedy);
  return tf.tidy(() => {
    const normalize = normalization(height * width, epsilon);
    const flat = tf.reshape(features, [batch, height * width, channels]); // [B, H·W, C]
    const styled = normalize(flat, tf.expandDims(scale, 1), tf.expandDims(bias, 1));
    return tf.reshape(styled, features.shape);
  });
}

/** (x [B, H·W, C], gamma [B, 1, C], beta [B, 1, C]) -> [B, H·W, C], differentiable in all three. */
function normalization(positions: number, epsilon: number) {
  return tf.customGrad<tf.Tensor>((...inputs) => {
    const [x, gamma, beta, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centered = tf.sub(x, tf.mean(x, 1, true)); // [B, H·W, C]
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon)); // 1 / sigma, [B, 1, C]
    save([centered, inverse, gamma]);
    return {
      value: tf.add(tf.mul(centered, tf.mul(inverse, gamma)), beta),
      gradFunc: (upstream, saved) => backward(upstream, saved as [tf.Tensor, tf.Tensor, tf.Tensor], positions),
    };
  });
}

/** dx = gamma / sigma * (dy - mean(dy) - xHat * mean(dy * xHat)), with xHat = centered / sigma. */
function backward(
  upstream: tf.Tensor,
  [centered, inverse, gamma]: [tf.Tensor, tf.Tensor, tf.Tensor],
  positions: number,
): tf.Tensor[] {
  const biasGradient = tf.sum(upstream, 1, true); // [B, 1, C]
  const scaleGradient = tf.mul(tf.sum(tf.mul(upstream, centered), 1, true), inverse); // [B, 1, C]
  const gain = tf.mul(gamma, inverse);
  const share = tf.mul(tf.mul(scaleGradient, inverse), 1 / positions);
  const projected = tf.sub(tf.sub(upstream, tf.mul(biasGradient, 1 / positions)), tf.mul(centered, share));
  return [tf.mul(projected, gain), scaleGradient, biasGradient];
}
