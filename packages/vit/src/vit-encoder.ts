// The vision transformer that MAE, DINO and iBOT pre-train, as a tfjs layer.

import { assertInteger, assertShape, type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { classQueryAndPatchKeys, type EncodeOptions, type Encoding, type PassOptions } from './encoding';
import { asIndices } from './gather-patches';
import { layerNorm } from './layer-norm';
import { embedPatches, patchEmbeddingWeights } from './patch-embedding';
import { type PositionTable, patchPositions, positionTable, positionWeight } from './positions/position-table';
import { type LayerShape, SeededLayer, type WeightPlan } from './seeded-layer';
import { assertStride, strideGrid } from './stride-grid';
import { constant, normal } from './tensor/initial-values';
import { normWeights, transformerBlock, transformerBlockWeights } from './transformer-block';
import { transformerSizes } from './transformer-sizes';
import type { ViTEncoderConfig } from './vit-encoder-config';

/**
 * Images to tokens: `apply(images)` or `apply([images, visible])` → [B, 1 + K, D] after the final layer norm, the class token first.
 *
 * `images` [B, H, W, C] are float32, already normalized by mean and standard deviation, of any size that `gridOf` takes: positions
 * are interpolated to other grids. Patches that are not `visible` are dropped *before* the patch embedding, so their pixels cost
 * nothing and cannot leak. Without `visible`, K = N. Nothing is random: masks and drop path are arguments.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3 and appendix A.1, https://arxiv.org/abs/2111.06377;
 * Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", §3, https://arxiv.org/abs/2111.07832
 */
export class ViTEncoder extends SeededLayer<tf.Tensor3D> {
  static className = 'ViTEncoder';

  /** The grid of images of the configured size. */
  readonly grid: PatchGrid;
  readonly patchSize: number;
  readonly patchStride: number;
  readonly channels: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly maskToken: boolean;
  private readonly hiddenWidth: number;
  private readonly table: PositionTable;

  constructor(config: ViTEncoderConfig) {
    super({ seed: config.seed, name: config.name ?? 'encoder', trainable: config.trainable });
    const { imageHeight, imageWidth, patchSize, patchStride = patchSize, channels = 3, maskToken = false } = config;
    assertInteger('ViTEncoder', 'channels', channels);
    assertStride('ViTEncoder', patchSize, patchStride);
    this.patchSize = patchSize;
    this.patchStride = patchStride;
    this.channels = channels;
    this.maskToken = maskToken;
    this.grid = this.gridOf(imageHeight, imageWidth);
    this.table = positionTable('ViTEncoder', this.grid, config);
    const sizes = transformerSizes('ViTEncoder', config);
    this.width = sizes.width;
    this.depth = sizes.depth;
    this.heads = sizes.heads;
    this.mlpRatio = sizes.mlpRatio;
    this.hiddenWidth = sizes.hiddenWidth;
  }

  /** The grid of patches of images of this size in pixels; both sides must be multiples of `patchStride`. */
  gridOf(height: number, width: number): PatchGrid {
    return strideGrid(this.name, { height, width, patchSize: this.patchSize, stride: this.patchStride });
  }

  /** Tokens with the class token apart, and on request what the blocks computed on the way. Creates the weights on first use. */
  encode(images: tf.Tensor4D, { visible, ...pass }: EncodeOptions = {}): Encoding {
    const { attention = false, lastBlock = false } = pass;
    return tf.tidy(() => {
      const outputs: tf.Tensor | tf.Tensor[] = this.apply(visible ? [images, visible] : images, { ...pass });
      const [tokens, ...others] = (Array.isArray(outputs) ? outputs : [outputs]) as [tf.Tensor3D, ...tf.Tensor[]];
      const [batchSize, tokenCount, width] = tokens.shape;
      const maps = attention ? { attention: others.slice(0, this.depth) as tf.Tensor4D[] } : {};
      const [classQuery, patchKeys] = others.slice(-2) as [tf.Tensor2D, tf.Tensor3D];
      return {
        classToken: tf.reshape<tf.Rank.R2>(tf.slice(tokens, [0, 0, 0], [-1, 1, -1]), [batchSize, width]),
        patchTokens: tf.slice(tokens, [0, 1, 0], [-1, tokenCount - 1, -1]),
        ...maps,
        ...(lastBlock ? { classQuery, patchKeys } : {}),
      };
    });
  }

  /** The tokens; behind them, if asked for, the attention of every block, then the class query and the patch keys of the last one. */
  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { attention = false, lastBlock = false, hidden, pathGains }: PassOptions = {},
  ): tf.Tensor | tf.Tensor[] {
    const [images, visible] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => {
      const embedded = this.embed(images as tf.Tensor4D, visible && asIndices(visible), hidden); // [B, 1 + K, D]
      const [batchSize, tokenCount, width] = embedded.shape;
      if (pathGains)
        assertShape(this.name, 'pathGains', pathGains.shape, [2 * this.depth, batchSize], 'use drawPathGains');
      const others: tf.Tensor[] = [];
      let x = tf.reshape<tf.Rank.R2>(embedded, [batchSize * tokenCount, width]);
      for (let block = 0; block < this.depth; block++) {
        const gain = (branch: number) =>
          tf.reshape<tf.Rank.R3>(tf.slice(pathGains!, [2 * block + branch, 0], [1, batchSize]), [batchSize, 1, 1]);
        const result = transformerBlock(x, (name) => this.weight(`blocks.${block}.${name}`), {
          batchSize,
          tokenCount,
          heads: this.heads,
          ...(pathGains ? { pathGains: [gain(0), gain(1)] as const } : {}),
        });
        x = result.output;
        if (attention) others.push(result.attention);
        if (lastBlock && block === this.depth - 1) others.push(...classQueryAndPatchKeys(result.queries, result.keys));
      }
      const normalized = layerNorm(x, this.weight('norm.gamma'), this.weight('norm.beta'));
      const tokens = tf.reshape(normalized, [batchSize, tokenCount, width]);
      return others.length > 0 ? [tokens, ...others] : tokens;
    });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [images, visible] = shapeList(inputShape);
    return [images?.[0] ?? null, visible === undefined ? this.tokenCountOf(images) : onePlus(visible[1]), this.width];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { grid, patchSize, patchStride, channels, width, depth, heads, mlpRatio, maskToken, seed, table } = this;
    return {
      ...super.getConfig(),
      imageHeight: grid.rows * patchStride,
      imageWidth: grid.columns * patchStride,
      ...{ patchSize, patchStride, channels, width, depth, heads, mlpRatio, maskToken, seed },
      positions: table.positions,
      trainablePositions: table.trainable,
      positionGrid: { rows: table.grid.rows, columns: table.grid.columns },
      positionInterpolation: table.interpolation,
    };
  }

  /** The trainable weights, created if they are not yet there. */
  override variables(): tf.Variable[] {
    if (!this.built)
      this.build([null, this.grid.rows * this.patchStride, this.grid.columns * this.patchStride, this.channels]);
    return super.variables();
  }

  protected override planWeights(): WeightPlan[] {
    const { width, depth, hiddenWidth } = this;
    return [
      { name: 'cls_token', shape: [1, 1, width], values: normal(0.02) },
      positionWeight(this.table, width),
      ...(this.maskToken ? [{ name: 'masked_embed', shape: [1, width], values: constant(0) }] : []),
      ...patchEmbeddingWeights(this.patchSize * this.patchSize * this.channels, width),
      ...Array.from({ length: depth }, (_, block) =>
        transformerBlockWeights(`blocks.${block}`, width, hiddenWidth),
      ).flat(),
      ...normWeights('norm', width),
    ];
  }

  /** Visible patches to tokens with positions, the class token in front: [B, 1 + K, D]. */
  private embed(images: tf.Tensor4D, visible: tf.Tensor2D | undefined, hidden: tf.Tensor2D | undefined): tf.Tensor3D {
    assertShape(this.name, 'images', images.shape, [null, null, null, this.channels]);
    const [batchSize, height, imageWidth] = images.shape;
    const grid = this.gridOf(height, imageWidth);
    if (visible)
      assertShape(this.name, 'visible', visible.shape, [batchSize, null], 'give every image as many visible patches');
    if (hidden) this.assertHidden(hidden, visible, [batchSize, grid.patchCount]);
    const embedded = embedPatches(images, this, this.weight, { visible, hidden }); // [B, K, D]

    const weight = this.weight<tf.Tensor3D>('pos_embed'); // [1, 1 + N, D]
    const positions = patchPositions(weight, this.table, grid); // [1, N, D]
    const chosen = visible ? tf.gather(tf.reshape(positions, [grid.patchCount, this.width]), visible) : positions;
    const classPosition = tf.slice(weight, [0, 0, 0], [1, 1, this.width]);
    const classToken = tf.add(this.weight('cls_token'), classPosition); // [1, 1, D]
    return tf.concat(
      [
        tf.add(classToken, tf.zeros([batchSize, 1, this.width])), // broadcast by add: a tile would unroll in the gradient
        tf.add(embedded, chosen),
      ] as tf.Tensor3D[],
      1,
    );
  }

  private assertHidden(hidden: tf.Tensor2D, visible: tf.Tensor2D | undefined, shape: [number, number]): void {
    if (!this.maskToken || visible) {
      throw new SemmaeError({
        where: this.name,
        requirement: 'hidden needs an encoder with maskToken that sees all patches',
        got: visible ? 'visible patches besides' : 'no mask token',
        remedy: visible ? 'give either visible or hidden' : 'build the encoder with maskToken: true',
      });
    }
    assertShape(this.name, 'hidden', hidden.shape, shape, 'give 0 or 1 for every patch of every image');
  }

  private tokenCountOf(images: LayerShape | undefined): number | null {
    const [, height, width] = images ?? [];
    return height == null || width == null ? null : 1 + this.gridOf(height, width).patchCount;
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
