// The network that proposes masks: a U-Net from pixels to J soft masks that share each pixel among them.

import { assertInteger, assertOneOf, assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assertChannels, type MapNormalization, mapNormalization } from './group-normalization';
import { multilayerPerceptron } from './multilayer-perceptron';
import { doubled, halved } from './nearest-resampling';
import { type SeededWeights, seededWeights } from './seeded-weights';

export interface MaskNetworkOptions {
  /** Pixels; a multiple of 2^(levels - 1). */
  imageHeight: number;
  /** Pixels; a multiple of 2^(levels - 1). */
  imageWidth: number;
  /** Colors of a pixel. Default 3. */
  channels?: number;
  /** J, at least 2. Default 6, ADIOS. */
  maskCount?: number;
  /** Channels of the upper half of the levels; the lower half has twice as many. Default 32, ADIOS. */
  baseWidth?: number;
  /** Resolutions, at least 2. Default `trunc(log2(S) - 1)` of the shorter side S, ADIOS: 4 for 32 pixels, 6 for 224. */
  levels?: number;
  /** Default `instance`. */
  normalization?: MapNormalization;
  /** Of the two hidden layers between the halves of the U. Default 128, ADIOS. */
  bottleneckWidth?: number;
  /** Default 0. */
  seed?: number;
  /** The names of the weights begin with it. Default `mask_network`. */
  name?: string;
}

export interface MaskNetwork {
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** J */
  readonly maskCount: number;
  readonly levels: number;
  variables(): tf.Variable[];
  /** [B, H, W, C] → [B, H, W, J] in (0, 1); at every pixel the J masks add up to 1. 1 = hidden from the encoder. */
  masks(images: tf.Tensor4D): tf.Tensor4D;
  dispose(): void;
}

/**
 * Each level is a 3x3 convolution, normalized, with ReLU; nearest neighbors halve the maps on the way down and double them on the
 * way up; an MLP stands between; every level of the way up also sees the maps of its resolution on the way down. A 1x1
 * convolution and a softmax over the J masks of a pixel end it.
 *
 * Reference: Shi et al., "Adversarial Masking for Self-Supervised Learning", https://arxiv.org/abs/2201.13100
 */
export function maskNetwork(options: MaskNetworkOptions): MaskNetwork {
  const { imageHeight, imageWidth, channels = 3, maskCount = 6, baseWidth = 32, normalization = 'instance' } = options;
  const { bottleneckWidth = 128, seed = 0, name = 'mask_network' } = options;
  const where = 'maskNetwork';
  const sizes = { imageHeight, imageWidth, channels, baseWidth, bottleneckWidth };
  for (const [size, value] of Object.entries(sizes)) assertInteger(where, size, value);
  assertInteger(where, 'maskCount', maskCount, { least: 2, remedy: 'a single mask of a softmax is 1 everywhere' });
  assertOneOf(where, 'normalization', normalization, ['none', 'instance', 'group']);
  const levels = options.levels ?? Math.trunc(Math.log2(Math.min(imageHeight, imageWidth)) - 1);
  assertInteger(where, 'levels', levels, { least: 2, remedy: 'images of fewer than 8 pixels need levels: 2' });
  assertChannels(baseWidth, normalization);
  const smallest = 2 ** (levels - 1);
  for (const [side, size] of Object.entries({ imageHeight, imageWidth })) assertMultiple(side, size, smallest);

  const weights = seededWeights(name, seed);
  const widths = Array.from({ length: levels }, (_, level) => (level < Math.floor(levels / 2) ? 1 : 2) * baseWidth);
  const block = (part: string, inputs: number, outputs: number) =>
    convolutionBlock({ weights, name: part, inputs, outputs, normalization });
  const down = widths.map((width, level) => block(`down.${level}`, widths[level - 1] ?? channels, width));
  const bottom = (widths.at(-1)! * imageHeight * imageWidth) / smallest ** 2; // values of the coarsest maps of an image
  const bottleneck = multilayerPerceptron({
    weights,
    name: 'bottleneck',
    widths: [bottom, bottleneckWidth, bottleneckWidth, bottom],
    activateLast: true,
  });
  const up = widths.map((width, level) => block(`up.${level}`, 2 * width, widths[level - 1] ?? baseWidth));
  const last = weights.uniform('last.kernel', [baseWidth, maskCount], 1 / Math.sqrt(baseWidth));
  const lastBias = weights.uniform('last.bias', [maskCount], 0);

  return {
    imageHeight,
    imageWidth,
    maskCount,
    levels,
    variables: weights.all,
    masks(images) {
      assertShape(where, 'images', images.shape, [null, imageHeight, imageWidth, channels]);
      return tf.tidy(() => {
        const seen: tf.Tensor4D[] = [];
        let x = images;
        for (let level = 0; level < levels; level++) {
          x = down[level]!(level === 0 ? x : halved(x));
          seen.push(x);
        }
        x = tf.reshape(bottleneck(tf.reshape(x, [-1, bottom])), x.shape);
        for (let level = levels - 1; level >= 0; level--) {
          const joined = tf.concat4d([level === levels - 1 ? x : doubled(x), seen[level]!], 3);
          x = up[level]!(joined);
        }
        const logits = tf.add(tf.matMul(tf.reshape(x, [-1, baseWidth]), last as tf.Tensor as tf.Tensor2D), lastBias);
        return tf.reshape(tf.softmax(logits), [-1, imageHeight, imageWidth, maskCount]); // over the last axis
      });
    },
    dispose: weights.dispose,
  };
}

/** Convolution 3x3, normalization, ReLU: [B, H, W, I] → [B, H, W, O]. */
function convolutionBlock({
  weights,
  name,
  inputs,
  outputs,
  normalization,
}: {
  weights: SeededWeights;
  name: string;
  inputs: number;
  outputs: number;
  normalization: MapNormalization;
}): (maps: tf.Tensor4D) => tf.Tensor4D {
  const kernel = weights.uniform(`${name}.kernel`, [3, 3, inputs, outputs], Math.sqrt(6 / (9 * inputs))); // He et al., 2015
  const normalize = mapNormalization(normalization, weights, name, outputs);
  const bias = normalize === undefined ? weights.uniform(`${name}.bias`, [outputs], 0) : undefined; // the offset is one
  return (maps) => {
    const convolved = tf.conv2d(maps, kernel as tf.Tensor as tf.Tensor4D, 1, 'same');
    return tf.relu(normalize === undefined ? tf.add(convolved, bias!) : normalize(convolved));
  };
}

function assertMultiple(side: string, size: number, divisor: number): void {
  if (size % divisor === 0) return;
  throw new SemmaeError({
    where: 'maskNetwork',
    requirement: `${side} must be a multiple of ${divisor}, so that it can be halved at every level`,
    got: size,
    remedy: 'choose fewer levels or another image size',
  });
}
