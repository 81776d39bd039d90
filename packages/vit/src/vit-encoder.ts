// The vision transformer that MAE pre-trains, as a tfjs layer.

import { assertInteger, assertShape, type PatchGrid, patchGridOfImage, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { asIndices, gatherPatches } from './gather-patches';
import { normal, uniform, xavierUniform } from './initial-values';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import { patchify } from './patchify';
import { type LayerShape, SeededLayer, type SeededLayerOptions, type WeightPlan } from './seeded-layer';
import { sinCosPositions } from './sin-cos-positions';
import { normWeights, transformerBlock, transformerBlockWeights } from './transformer-block';
import { transformerSizes } from './transformer-sizes';

export interface ViTEncoderConfig extends SeededLayerOptions {
  /** Pixels; a multiple of `patchSize`. */
  imageHeight: number;
  /** Pixels; a multiple of `patchSize`. */
  imageWidth: number;
  /** Side of a patch in pixels. */
  patchSize: number;
  /** Colours of a pixel. Default 3. */
  channels?: number;
  /** D, a multiple of 4 and of `heads`. */
  width: number;
  /** Number of blocks. */
  depth: number;
  heads: number;
  /** Width of the hidden layer of a block, in units of D. Default 4. */
  mlpRatio?: number;
  /** Whether the position table is learned, as in fine-tuning; it starts as sine and cosine either way. Default false. */
  trainablePositions?: boolean;
}

export interface EncodeOptions {
  /** [B, K] int32: the patches that the encoder may see, image by image. Default: all, in order. */
  visible?: tf.Tensor2D;
  /** Whether to return the attention of every block. Default false. */
  attention?: boolean;
}

/** A type and not an interface, so that `tf.tidy` accepts it as a container of tensors. */
export type Encoding = {
  /** [B, D] */
  classToken: tf.Tensor2D;
  /** [B, K, D], in the order of `visible`. */
  patchTokens: tf.Tensor3D;
  /** One per block, [B, heads, 1 + K, 1 + K]; rows are queries and sum to 1. */
  attention?: tf.Tensor4D[];
};

/**
 * Images to tokens: `apply(images)` or `apply([images, visible])` → [B, 1 + K, D] after the final layer norm, the class token first.
 *
 * `images` [B, H, W, C] are float32, already normalised by mean and standard deviation. Hidden patches are dropped *before* the
 * patch embedding, so their pixels cost nothing and cannot leak. Without `visible`, K = N and nothing is random.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3 and appendix A.1, https://arxiv.org/abs/2111.06377
 */
export class ViTEncoder extends SeededLayer {
  static className = 'ViTEncoder';

  readonly grid: PatchGrid;
  readonly patchSize: number;
  readonly channels: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  private readonly hiddenWidth: number;
  private readonly trainablePositions: boolean;

  constructor(config: ViTEncoderConfig) {
    super({ seed: config.seed, name: config.name ?? 'encoder', trainable: config.trainable });
    const { imageHeight, imageWidth, patchSize, channels = 3, trainablePositions = false } = config;
    assertInteger('ViTEncoder', 'channels', channels);
    this.grid = patchGridOfImage({ height: imageHeight, width: imageWidth, patchSize });
    this.patchSize = patchSize;
    this.channels = channels;
    this.trainablePositions = trainablePositions;
    const sizes = transformerSizes('ViTEncoder', config);
    this.width = sizes.width;
    this.depth = sizes.depth;
    this.heads = sizes.heads;
    this.mlpRatio = sizes.mlpRatio;
    this.hiddenWidth = sizes.hiddenWidth;
  }

  /** Tokens with the class token apart, and the attention of every block on request. Creates the weights on first use. */
  encode(images: tf.Tensor4D, { visible, attention = false }: EncodeOptions = {}): Encoding {
    return tf.tidy(() => {
      const outputs = this.apply(visible ? [images, visible] : images, { attention });
      const [tokens, ...maps] = (Array.isArray(outputs) ? outputs : [outputs]) as [tf.Tensor3D, ...tf.Tensor4D[]];
      const [batchSize, tokenCount, width] = tokens.shape;
      return {
        classToken: tf.reshape<tf.Rank.R2>(tf.slice(tokens, [0, 0, 0], [-1, 1, -1]), [batchSize, width]),
        patchTokens: tf.slice(tokens, [0, 1, 0], [-1, tokenCount - 1, -1]),
        ...(attention ? { attention: maps } : {}),
      };
    });
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { attention = false }: { attention?: boolean } = {},
  ): tf.Tensor | tf.Tensor[] {
    const [images, visible] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => {
      const embedded = this.embed(images as tf.Tensor4D, visible && asIndices(visible)); // [B, 1 + K, D]
      const [batchSize, tokenCount, width] = embedded.shape;
      const shape = { batchSize, tokenCount, heads: this.heads };
      const maps: tf.Tensor4D[] = [];
      let x = tf.reshape<tf.Rank.R2>(embedded, [batchSize * tokenCount, width]);
      for (let block = 0; block < this.depth; block++) {
        const result = transformerBlock(x, (name) => this.weight(`blocks.${block}.${name}`), shape);
        x = result.output;
        if (attention) maps.push(result.attention);
      }
      const normalised = layerNorm(x, this.weight('norm.gamma'), this.weight('norm.beta'));
      const tokens = tf.reshape(normalised, [batchSize, tokenCount, width]);
      return attention ? [tokens, ...maps] : tokens;
    });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [images, visible] = shapeList(inputShape);
    return [images?.[0] ?? null, visible === undefined ? 1 + this.grid.patchCount : onePlus(visible[1]), this.width];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { grid, patchSize, channels, width, depth, heads, mlpRatio, seed, trainablePositions } = this;
    const image = { imageHeight: grid.rows * patchSize, imageWidth: grid.columns * patchSize, patchSize, channels };
    return { ...super.getConfig(), ...image, width, depth, heads, mlpRatio, seed, trainablePositions };
  }

  /** The trainable weights, created if they are not yet there. */
  override variables(): tf.Variable[] {
    if (!this.built)
      this.build([null, this.grid.rows * this.patchSize, this.grid.columns * this.patchSize, this.channels]);
    return super.variables();
  }

  protected override planWeights(): WeightPlan[] {
    const { grid, width, depth, hiddenWidth, trainablePositions } = this;
    const pixels = this.patchSize * this.patchSize * this.channels;
    return [
      { name: 'cls_token', shape: [1, 1, width], values: normal(0.02) },
      {
        name: 'pos_embed',
        shape: [1, 1 + grid.patchCount, width],
        values: () => sinCosPositions({ grid, width }),
        trainable: trainablePositions,
      },
      { name: 'patch_embed.proj.kernel', shape: [pixels, width], values: xavierUniform },
      // MAE leaves this bias at its convolution's default, U(±1/sqrt(fan in)).
      { name: 'patch_embed.proj.bias', shape: [width], values: uniform(pixels ** -0.5) },
      ...Array.from({ length: depth }, (_, block) =>
        transformerBlockWeights(`blocks.${block}`, width, hiddenWidth),
      ).flat(),
      ...normWeights('norm', width),
    ];
  }

  /** Visible patches to tokens with positions, the class token in front: [B, 1 + K, D]. */
  private embed(images: tf.Tensor4D, visible: tf.Tensor2D | undefined): tf.Tensor3D {
    const { grid, patchSize, channels, width } = this;
    const imageShape = [null, grid.rows * patchSize, grid.columns * patchSize, channels];
    assertShape(this.name, 'images', images.shape, imageShape, 'resize the images or build an encoder for their size');
    const batchSize = images.shape[0];
    if (visible)
      assertShape(this.name, 'visible', visible.shape, [batchSize, null], 'give every image as many visible patches');
    const patchCount = visible ? visible.shape[1] : grid.patchCount;

    const patches = patchify(images, patchSize); // [B, N, p·p·C]
    const rows = visible
      ? gatherPatches(patches, visible)
      : tf.reshape<tf.Rank.R2>(patches, [batchSize * patchCount, -1]); // [B·K, p·p·C]
    const embedded = linear(rows, this.weight('patch_embed.proj.kernel'), this.weight('patch_embed.proj.bias')); // [B·K, D]

    const positions = this.weight<tf.Tensor3D>('pos_embed'); // [1, 1 + N, D]
    const patchPositions = visible
      ? tf.gather(
          tf.reshape(positions, [1 + grid.patchCount, width]),
          tf.add<tf.Tensor2D>(visible, tf.scalar(1, 'int32')),
        ) // [B, K, D]
      : tf.slice(positions, [0, 1, 0], [1, patchCount, width]); // [1, N, D]
    const classPosition = tf.slice(positions, [0, 0, 0], [1, 1, width]);
    const classToken = tf.add(this.weight('cls_token'), classPosition); // [1, 1, D]
    return tf.concat(
      [
        tf.add(classToken, tf.zeros([batchSize, 1, width])), // broadcast by add: a tile would unroll in the gradient
        tf.add(tf.reshape(embedded, [batchSize, patchCount, width]), patchPositions),
      ] as tf.Tensor3D[],
      1,
    );
  }
}

tf.serialization.registerClass(ViTEncoder);

function shapeList(inputShape: LayerShape | LayerShape[]): LayerShape[] {
  return Array.isArray(inputShape[0]) ? (inputShape as LayerShape[]) : [inputShape as LayerShape];
}

function onePlus(size: number | null | undefined): number | null {
  if (size === undefined)
    throw new SemmaeError({ where: 'ViTEncoder', requirement: 'visible must have shape [any, K]', got: 'one axis' });
  return size === null ? null : 1 + size;
}
