// The [1, 2, 1] low-pass that StyleGAN puts behind every upsampling convolution.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Blurs [B, H, W, C] with the outer product of [1, 2, 1] / 4 with itself, zero-padded to the same size.
 *
 * A symmetric kernel with zero padding is its own adjoint, so the gradient is the same blur of the upstream gradient.
 */
export function binomialBlur(images: tf.Tensor4D): tf.Tensor4D {
  const blur = tf.customGrad<tf.Tensor4D>((x) => ({
    value: lowPass(x as tf.Tensor4D),
    gradFunc: (upstream) => lowPass(upstream),
  }));
  return blur(images);
}

const weights = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16);

function lowPass(images: tf.Tensor4D): tf.Tensor4D {
  const channels = images.shape[3];
  const kernel = weights.flatMap((weight) => new Array<number>(channels).fill(weight));
  return tf.tidy(() => tf.depthwiseConv2d(images, tf.tensor4d(kernel, [3, 3, channels, 1]), 1, 'same'));
}
