// The [1, 2, 1] low-pass that StyleGAN puts behind every upsampling convolution.

import * as tf from '@tensorflow/tfjs-core';

/** The depthwise kernel [3, 3, C, 1] of the outer product of [1, 2, 1] / 4 with itself; the caller owns it. */
export function binomialKernel(channels: number): tf.Tensor4D {
  return tf.tidy(() => {
    const outer = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16);
    return tf.mul(tf.tensor4d(outer, [3, 3, 1, 1]), tf.ones([1, 1, channels, 1]));
  });
}

/**
 * Blurs [B, H, W, C] with a kernel of `binomialKernel(C)`, zero-padded to the same size.
 *
 * A symmetric kernel with zero padding is its own adjoint, so the gradient is the same blur of the upstream gradient.
 */
export function binomialBlur(images: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const blur = tf.customGrad<tf.Tensor>((...inputs) => {
    const [x] = inputs as [tf.Tensor4D, tf.GradSaveFunc];
    return {
      value: tf.depthwiseConv2d(x, kernel, 1, 'same'),
      gradFunc: (upstream) => tf.depthwiseConv2d(upstream as tf.Tensor4D, kernel, 1, 'same'),
    };
  });
  return blur(images) as tf.Tensor4D;
}
