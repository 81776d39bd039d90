// The StyleGAN-based decoder: part maps say where, the class token says what it looks like.

import { assertInteger, assertLength, assertShape, createRng, type PatchGrid, type Rng } from '@semmae/core';
import { type AxisMap, axisMap, constant, normal, seededVariable, separableMap } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

import { type DecoderPresetName, decoderPreset } from './decoder-preset';
import { type StyleLayer, type StyleLayerOptions, styleLayer } from './style-layer';
import { upStagesFor } from './up-stages';

export interface StyleDecoderOptions {
  /** Maps per image, P: the number of parts. */
  inputChannels: number;
  /** Width C of the class token. */
  styleWidth: number;
  /** The grid of the maps, at least 2x2. */
  inputGrid: PatchGrid;
  /** Number of x2 stages; the image is the grid times 2 ** upStages. Default 3: 28x28 maps give 224x224 pixels. */
  upStages?: number;
  /** Of the image. Default 3. */
  imageChannels?: number;
  /** Instead of `upStages`: the size of the image, the grid times a power of two. */
  output?: { height: number; width: number };
  /** Default 'base'. */
  preset?: DecoderPresetName;
  /** Instead of `preset`: channels of the stem and of every up stage, `upStages + 1` numbers. */
  channels?: readonly number[];
  /** Squeezes the class token to this width first, which keeps its layout out of the picture. Default: no squeeze. */
  styleBottleneck?: number;
  /** Added to the variances of AdaIN. Default 1e-8. */
  epsilon?: number;
  /** Same seed, same weights. */
  seed: number;
  /** Prefix of the variables' names. Default 'decoder'. */
  name?: string;
}

export interface StyleDecoder {
  /** Size of the decoded image in pixels. */
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly imageChannels: number;
  /** Trainable variables in a fixed order. */
  variables(): tf.Variable[];
  /** (maps [B, h, w, P], style [B, C]) -> images [B, H, W, imageChannels] in the units of the training target. */
  decode(maps: tf.Tensor4D, style: tf.Tensor2D): tf.Tensor4D;
  dispose(): void;
}

/**
 * StyleGAN v1 synthesis with the learned constant replaced by `maps` and the mapped latent by the class token: a stem with
 * reflect padding (zero padding would tell the decoder absolute positions) and a body convolution on the grid, then per
 * doubling nearest upsampling, convolution, [1, 2, 1] blur and a second convolution, each followed by LeakyReLU and AdaIN;
 * a linear 1x1 convolution to the channels of the image. No noise inputs: with a squared error they only add variance that nothing can explain.
 *
 * Reference: SemMAE Eq. 3-4, https://arxiv.org/abs/2206.10207; Karras et al., https://arxiv.org/abs/1812.04948
 */
export function styleDecoder(options: StyleDecoderOptions): StyleDecoder {
  const { inputChannels, styleWidth, inputGrid, styleBottleneck, imageChannels = 3, seed, name = 'decoder' } = options;
  const channels = stageChannels(options);
  assertInteger('styleDecoder', 'inputChannels', inputChannels);
  assertInteger('styleDecoder', 'styleWidth', styleWidth);
  assertInteger('styleDecoder', 'imageChannels', imageChannels);
  assertInteger('styleDecoder', 'inputGrid.rows', inputGrid.rows, { least: 2 });
  assertInteger('styleDecoder', 'inputGrid.columns', inputGrid.columns, { least: 2 });
  if (styleBottleneck !== undefined) assertInteger('styleDecoder', 'styleBottleneck', styleBottleneck);
  const rng = createRng(seed).split('style-decoder');
  const [padRows, padColumns] = [inputGrid.rows, inputGrid.columns].map(reflectPad) as [AxisMap, AxisMap];
  const layers = createLayers(options, channels, rng);
  const squeeze =
    styleBottleneck === undefined
      ? []
      : [seededVariable({ name: `${name}/style-bottleneck`, shape: [styleWidth, styleBottleneck], rng })];
  const lastChannels = channels[channels.length - 1]!;
  // Small, so that training starts at the mean image with an error of about the target's variance, not three times that.
  const rgbKernel = seededVariable({
    name: `${name}/rgb/kernel`,
    shape: [1, 1, lastChannels, imageChannels],
    rng,
    values: normal(0.1),
  });
  const rgbBias = seededVariable({ name: `${name}/rgb/bias`, shape: [imageChannels], rng, values: constant(0) });
  const variables = [...squeeze, ...layers.flatMap((layer) => layer.variables), rgbKernel, rgbBias];
  const side = 2 ** (channels.length - 1);

  return {
    outputHeight: inputGrid.rows * side,
    outputWidth: inputGrid.columns * side,
    imageChannels,
    variables: () => [...variables],
    decode(maps, style) {
      assertShape('decode', 'maps', maps.shape, [null, inputGrid.rows, inputGrid.columns, inputChannels]);
      assertShape(
        'decode',
        'style',
        style.shape,
        [maps.shape[0], styleWidth],
        'pass the class token, one row per image',
      );
      return tf.tidy(() => {
        const equalized = equalizeStyle(style, squeeze[0] as tf.Variable<tf.Rank.R2> | undefined);
        let features = separableMap(maps, padRows, padColumns); // [B, h+2, w+2, P]
        for (const layer of layers) features = layer.apply(features, equalized);
        const kernel = tf.mul(rgbKernel, 1 / Math.sqrt(lastChannels)) as tf.Tensor4D;
        return tf.add(tf.conv2d(features, kernel, 1, 'same'), rgbBias) as tf.Tensor4D;
      });
    },
    dispose() {
      tf.dispose(variables);
    },
  };
}

/** One mirrored value more at either end of a line. */
function reflectPad(length: number): AxisMap {
  return axisMap(length, length + 2, (output) => [[output - 1, 1]]);
}

/** Stem, body, then two layers for each up stage. */
function createLayers(options: StyleDecoderOptions, channels: readonly number[], rng: Rng): StyleLayer[] {
  const { inputChannels, styleWidth, styleBottleneck, epsilon = 1e-8, name = 'decoder' } = options;
  const shared = { styleWidth: styleBottleneck ?? styleWidth, epsilon, rng, upsample: false, padding: 'same' as const };
  const layer = (part: string, from: number, to: number, special: Partial<StyleLayerOptions> = {}) =>
    styleLayer({ ...shared, ...special, name: `${name}/${part}`, inputChannels: from, outputChannels: to });
  const width = channels[0]!;
  const ups = channels
    .slice(1)
    .flatMap((to, stage) => [
      layer(`up${stage + 1}/first`, channels[stage]!, to, { upsample: true }),
      layer(`up${stage + 1}/second`, to, to),
    ]);
  return [layer('stem', inputChannels, width, { padding: 'valid' }), layer('body', width, width), ...ups];
}

/** Scales the style once for all style products, which have the same fan-in (equalized learning rate). */
function equalizeStyle(style: tf.Tensor2D, squeeze?: tf.Variable<tf.Rank.R2>): tf.Tensor2D {
  const scaled = tf.mul(style, 1 / Math.sqrt(style.shape[1])) as tf.Tensor2D;
  if (squeeze === undefined) return scaled;
  return tf.mul(tf.matMul(scaled, squeeze), 1 / Math.sqrt(squeeze.shape[1])) as tf.Tensor2D;
}

function stageChannels({
  inputGrid,
  output,
  preset = 'base',
  channels,
  ...rest
}: StyleDecoderOptions): readonly number[] {
  const upStages = output ? upStagesFor(inputGrid, output) : (rest.upStages ?? (channels ? channels.length - 1 : 3));
  assertInteger('styleDecoder', 'upStages', upStages, { least: 0 });
  if (channels === undefined) return decoderPreset(preset, upStages);
  assertLength('styleDecoder', 'channels', channels, upStages + 1, 'give the stem and one number per up stage');
  for (const count of channels) assertInteger('styleDecoder', 'channels', count);
  return channels;
}
