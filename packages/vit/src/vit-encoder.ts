// The vision transformer that MAE, DINO and iBOT pre-train, as a tfjs layer.

import {
  assertInteger,
  assertOneOf,
  assertShape,
  type PatchGrid,
  type PatchSize,
  patchSides,
  patchSizeOf,
  SemmaeError,
} from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import {
  classQueryAndPatchKeys,
  type EncodeOptions,
  type Encoding,
  type PassOptions,
  type SplitTokens,
  splitTokens,
} from './encoding';
import { type FinalNorm, finalNorms, finalNormWeights } from './final-norm';
import { asIndices } from './gather-patches';
import { layerNorm } from './layer-norm';
import { embedPatches, patchEmbeddingWeights } from './patch-embedding';
import { type PositionTable, patchPositions, positionTable, positionWeight } from './positions/position-table';
import { embedPrefix, type PrefixTokens, prefixTokenConfig, prefixTokens, prefixWeights } from './prefix-tokens';
import { type LayerShape, SeededLayer, type WeightPlan } from './seeded-layer';
import { assertStride, strideGrid } from './stride-grid';
import { constant } from './tensor/initial-values';
import { normWeights, transformerBlock, transformerBlockWeights } from './transformer-block';
import { resolveTransformer, type Transformer, transformerConfig } from './transformer-config';
import type { ViTEncoderConfig } from './vit-encoder-config';

/**
 * Images to tokens: `apply(images)` or `apply([images, visible])` → [B, prefix + K, D] after the final layer norm. The prefix is the
 * class token, unless the configuration says otherwise; tokens of patches follow.
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
  readonly patchSize: PatchSize;
  readonly patchStride: PatchSize;
  readonly channels: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly maskToken: boolean;
  readonly patchBias: boolean;
  readonly preNorm: boolean;
  readonly finalNorm: FinalNorm;
  readonly prefix: PrefixTokens;
  /** What its blocks are made of, defaults filled in. */
  readonly transformer: Transformer;
  private readonly table: PositionTable;

  constructor(config: ViTEncoderConfig) {
    super({ seed: config.seed, name: config.name ?? 'encoder', trainable: config.trainable });
    const { imageHeight, imageWidth, patchSize, patchStride = patchSize, channels = 3 } = config;
    const { maskToken = false, patchBias = true, preNorm = false, finalNorm = 'tokens' } = config;
    assertInteger('ViTEncoder', 'channels', channels);
    assertOneOf('ViTEncoder', 'finalNorm', finalNorm, finalNorms);
    assertStride('ViTEncoder', patchSize, patchStride);
    this.patchSize = patchSizeOf(patchSides(patchSize));
    this.patchStride = patchSizeOf(patchSides(patchStride));
    this.channels = channels;
    this.maskToken = maskToken;
    this.patchBias = patchBias;
    this.preNorm = preNorm;
    this.finalNorm = finalNorm;
    this.prefix = prefixTokens('ViTEncoder', config);
    this.grid = this.gridOf(imageHeight, imageWidth);
    this.table = positionTable('ViTEncoder', this.grid, config);
    this.transformer = resolveTransformer('ViTEncoder', config);
    this.width = this.transformer.width;
    this.depth = this.transformer.depth;
    this.heads = this.transformer.heads;
  }

  /** The configured size of images in pixels. */
  get imageSize(): { readonly height: number; readonly width: number } {
    const { height, width } = patchSides(this.patchStride);
    return { height: this.grid.rows * height, width: this.grid.columns * width };
  }

  /** The grid of patches of images of this size in pixels; both sides must be multiples of `patchStride`. */
  gridOf(height: number, width: number): PatchGrid {
    return strideGrid(this.name, { height, width, patchSize: this.patchSize, patchStride: this.patchStride });
  }

  /** Tokens with those of the prefix apart, and on request what the blocks computed on the way. Creates the weights on first use. */
  encode(images: tf.Tensor4D, { visible, ...pass }: EncodeOptions = {}): Encoding {
    return tf.tidy(() => {
      const outputs: tf.Tensor | tf.Tensor[] = this.apply(visible ? [images, visible] : images, { ...pass });
      const [tokens, ...others] = (Array.isArray(outputs) ? outputs : [outputs]) as [tf.Tensor3D, ...tf.Tensor[]];
      const split = splitTokens(tokens, this.prefix);
      const attention = pass.attention && (others.splice(0, this.depth) as tf.Tensor4D[]);
      const blocks = pass.blocks && (others.splice(0, this.depth) as tf.Tensor3D[]);
      const [patchKeys, classQuery] = others as [tf.Tensor3D?, tf.Tensor2D?];
      return {
        ...split,
        pooled: this.pool(split),
        ...(attention && { attention }),
        ...(blocks && { blocks }),
        ...(patchKeys && { patchKeys }),
        ...(classQuery && { classQuery }),
      };
    });
  }

  /** The tokens; behind them, if asked for, attention and tokens of every block, then patch keys and class query of the last one. */
  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { attention = false, blocks = false, lastBlock = false, hidden, pathGains }: PassOptions = {},
  ): tf.Tensor | tf.Tensor[] {
    const [images, visible] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => {
      const embedded = this.embed(images as tf.Tensor4D, visible && asIndices(visible), hidden); // [B, T, D]
      const [batchSize, tokenCount, width] = embedded.shape;
      if (pathGains)
        assertShape(this.name, 'pathGains', pathGains.shape, [2 * this.depth, batchSize], 'use drawPathGains');
      const byImage = (rows: tf.Tensor2D) => tf.reshape<tf.Rank.R3>(rows, [batchSize, tokenCount, width]);
      const maps: tf.Tensor[] = [];
      const afterBlocks: tf.Tensor[] = [];
      const last: tf.Tensor[] = [];
      let x = tf.reshape<tf.Rank.R2>(embedded, [batchSize * tokenCount, width]);
      if (this.preNorm) x = this.norm(x, 'norm_pre');
      for (let block = 0; block < this.depth; block++) {
        const gain = (branch: number) =>
          tf.reshape<tf.Rank.R3>(tf.slice(pathGains!, [2 * block + branch, 0], [1, batchSize]), [batchSize, 1, 1]);
        const result = transformerBlock(x, (name) => this.weight(`blocks.${block}.${name}`), this.transformer, {
          batchSize,
          tokenCount,
          ...(pathGains ? { pathGains: [gain(0), gain(1)] as const } : {}),
        });
        x = result.output;
        if (attention) maps.push(result.attention);
        if (blocks) afterBlocks.push(byImage(x));
        if (lastBlock && block === this.depth - 1)
          last.push(...classQueryAndPatchKeys(result.queries, result.keys, this.prefix));
      }
      const tokens = byImage(this.finalNorm === 'tokens' ? this.norm(x, 'norm') : x);
      const others = [...maps, ...afterBlocks, ...last];
      return others.length > 0 ? [tokens, ...others] : tokens;
    });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [images, visible] = shapeList(inputShape);
    const patches = visible === undefined ? this.patchCountOf(images) : secondAxis(visible);
    return [images?.[0] ?? null, patches === null ? null : this.prefix.count + patches, this.width];
  }

  /** All that the constructor needs to build it again. */
  override getConfig(): tf.serialization.ConfigDict & ViTEncoderConfig {
    const { patchSize, patchStride, channels, maskToken, seed, table, patchBias, preNorm, finalNorm } = this;
    const { height, width } = this.imageSize;
    return {
      ...super.getConfig(),
      ...{ imageHeight: height, imageWidth: width },
      ...{ patchSize, patchStride, channels },
      ...transformerConfig(this.transformer),
      ...{ maskToken, seed },
      positions: table.positions,
      trainablePositions: table.trainable,
      positionGrid: { rows: table.grid.rows, columns: table.grid.columns },
      positionInterpolation: table.interpolation,
      // Fields of later versions, only where they say something: files are known by a hash of their configuration.
      ...prefixTokenConfig(this.prefix),
      ...(!patchBias && { patchBias }),
      ...(preNorm && { preNorm }),
      ...(finalNorm !== 'tokens' && { finalNorm }),
    };
  }

  /** The trainable weights, created if they are not yet there. */
  override variables(): tf.Variable[] {
    const { height, width } = this.imageSize;
    if (!this.built) this.build([null, height, width, this.channels]);
    return super.variables();
  }

  protected override planWeights(): WeightPlan[] {
    const { width } = this;
    const patch = patchSides(this.patchSize);
    return [
      ...prefixWeights(this.prefix, width),
      positionWeight(this.table, width),
      ...(this.maskToken ? [{ name: 'masked_embed', shape: [1, width], values: constant(0) }] : []),
      ...patchEmbeddingWeights(patch.height * patch.width * this.channels, width, this.patchBias),
      ...(this.preNorm ? normWeights('norm_pre', width) : []),
      ...Array.from({ length: this.depth }, (_, block) =>
        transformerBlockWeights(`blocks.${block}`, this.transformer),
      ).flat(),
      ...finalNormWeights(this.finalNorm, width),
    ];
  }

  private norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return layerNorm(x, this.weight(`${name}.gamma`), this.weight(`${name}.beta`), this.transformer.normEpsilon);
  }

  /** What a classifier behind the encoder reads, [B, D]. */
  private pool({ classToken, distillationToken, patchTokens }: SplitTokens): tf.Tensor2D {
    if (this.finalNorm === 'pooled') return this.norm(tf.mean<tf.Tensor2D>(patchTokens, 1), 'fc_norm');
    if (classToken === undefined) return tf.mean<tf.Tensor2D>(patchTokens, 1);
    return distillationToken ? tf.mul(tf.add(classToken, distillationToken), 0.5) : classToken;
  }

  /** Tokens of the prefix and of visible patches, with positions: [B, T, D]. */
  private embed(images: tf.Tensor4D, visible: tf.Tensor2D | undefined, hidden: tf.Tensor2D | undefined): tf.Tensor3D {
    assertShape(this.name, 'images', images.shape, [null, null, null, this.channels]);
    const [batchSize, height, imageWidth] = images.shape;
    const grid = this.gridOf(height, imageWidth);
    if (visible)
      assertShape(this.name, 'visible', visible.shape, [batchSize, null], 'give every image as many visible patches');
    if (hidden) this.assertHidden(hidden, visible, [batchSize, grid.patchCount]);
    const embedded = embedPatches(images, this, this.weight, { visible, hidden }); // [B, K, D]

    const positions = patchPositions(this.weight<tf.Tensor3D>('pos_embed'), this.table, grid); // [1, N, D]
    const chosen = visible ? tf.gather(tf.reshape(positions, [grid.patchCount, this.width]), visible) : positions;
    const prefix = embedPrefix(this.prefix, this.weight); // [1, prefix, D]
    const patches = tf.add<tf.Tensor3D>(embedded, chosen);
    if (prefix === undefined) return patches;
    const zeros = tf.zeros([batchSize, this.prefix.count, this.width]);
    return tf.concat<tf.Tensor3D>([tf.add(prefix, zeros), patches], 1); // broadcast by add: a tile would unroll in the gradient
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

  private patchCountOf(images: LayerShape | undefined): number | null {
    const [, height, width] = images ?? [];
    return height == null || width == null ? null : this.gridOf(height, width).patchCount;
  }
}

tf.serialization.registerClass(ViTEncoder);

function shapeList(inputShape: LayerShape | LayerShape[]): LayerShape[] {
  return Array.isArray(inputShape[0]) ? (inputShape as LayerShape[]) : [inputShape as LayerShape];
}

function secondAxis([, size]: LayerShape): number | null {
  if (size !== undefined) return size;
  throw new SemmaeError({ where: 'ViTEncoder', requirement: 'visible must have shape [any, K]', got: 'one axis' });
}
