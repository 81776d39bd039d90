// One decoder layer: convolution, optionally of doubled pixels and with a low-pass, LeakyReLU 0.2, AdaIN driven by the class token.

import type { Rng } from '@semmae/core';
import { constant, seededVariable } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

import { adaptiveInstanceNormalization } from './adaptive-instance-normalization';
import { binomialBlur } from './binomial-blur';
import { upsampledConvolution } from './upsampled-convolution';

/** StyleGAN's negative slope. */
const leak = 0.2;

export interface StyleLayerOptions {
  name: string;
  inputChannels: number;
  outputChannels: number;
  /** Width of the style vector that scale and bias are read from. */
  styleWidth: number;
  /** 'valid' when the caller has padded the features already. The kernel is 3x3. */
  padding: 'same' | 'valid';
  /** Doubles the pixels before the convolution, which then pads, and low-passes after it. */
  upsample: boolean;
  epsilon: number;
  rng: Rng;
}

export interface StyleLayer {
  readonly variables: readonly tf.Variable[];
  /** (features [B, H, W, Cin], style [B, C] already divided by sqrt(C)) -> [B, H', W', Cout], twice as large with `upsample`. */
  apply(features: tf.Tensor4D, style: tf.Tensor2D): tf.Tensor4D;
}

/**
 * SemMAE Eq. 3 with StyleGAN's order (convolution, non-linearity, AdaIN) and its equalized learning rate: weights are
 * standard normal and scaled by gain / sqrt(fan-in) when used, so that one Adam rate suits convolutions and styles alike.
 */
export function styleLayer(options: StyleLayerOptions): StyleLayer {
  const { name, inputChannels, outputChannels, styleWidth, padding, upsample, epsilon, rng } = options;
  const weight = (part: string, shape: number[]) => seededVariable({ name: `${name}/${part}`, shape, rng });
  const kernel = weight('kernel', [3, 3, inputChannels, outputChannels]);
  const bias = seededVariable({ name: `${name}/bias`, shape: [outputChannels], rng, values: constant(0) });
  const styleScale = weight('style-scale', [styleWidth, outputChannels]); // W_s
  const styleBias = weight('style-bias', [styleWidth, outputChannels]); // W_b
  const kernelGain = Math.SQRT2 / Math.sqrt(9 * inputChannels);
  return {
    variables: [kernel, bias, styleScale, styleBias],
    apply: (features, style) =>
      tf.tidy(() => {
        const weights = tf.mul(kernel, kernelGain) as tf.Tensor4D;
        const smooth = upsample
          ? binomialBlur(upsampledConvolution(features, weights))
          : tf.conv2d(features, weights, 1, padding);
        return adaptiveInstanceNormalization({
          features: tf.leakyRelu(tf.add(smooth, bias) as tf.Tensor4D, leak),
          scale: tf.add(1, tf.matMul(style, styleScale as tf.Tensor2D)),
          bias: tf.matMul(style, styleBias as tf.Tensor2D),
          epsilon,
        });
      }),
  };
}
