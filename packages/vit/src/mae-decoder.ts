// MAE's decoder, as a tfjs layer: from the tokens of visible patches to the pixels of masked ones.

import {
  assertInteger,
  assertPatchSize,
  assertShape,
  createPatchGrid,
  type PatchGrid,
  type PatchSize,
  patchSides,
  patchSizeOf,
  SemmaeError,
} from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { asIndices } from './gather-patches';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import { type LayerShape, SeededLayer, type SeededLayerOptions, type WeightPlan } from './seeded-layer';
import { sinCosPositions } from './sin-cos-positions';
import { normal } from './tensor/initial-values';
import { linearWeights, normWeights, transformerBlock, transformerBlockWeights } from './transformer-block';
import { resolveTransformer, type Transformer, type TransformerConfig, transformerConfig } from './transformer-config';

export interface MAEDecoderConfig extends SeededLayerOptions, Partial<TransformerConfig> {
  /** The encoder's grid. */
  grid: Pick<PatchGrid, 'rows' | 'columns'>;
  /** Sides of a patch in pixels. */
  patchSize: PatchSize;
  /** Colors of a pixel. Default 3. */
  channels?: number;
  /** D of the encoder's tokens. Default: taken from the first input. */
  encoderWidth?: number;
  /** Tokens of the encoder in front of those of the patches: its `prefix.count`. The decoder sees them too. Default 1, the class token. */
  prefixTokens?: number;
  /** Width of the decoder, a multiple of 4 and of `heads`. Default 512 (MAE, Table 1b). */
  width?: number;
  /** Number of blocks. Default 8 (MAE, Table 1a). */
  depth?: number;
  /** Default 16. */
  heads?: number;
}

/**
 * `apply([tokens, visible, masked])` → predicted pixels of the masked patches only, [B, M, p·p·C], in the order of `masked`.
 *
 * `tokens` [B, prefix + K, D] come from the encoder, `visible` [B, K] and `masked` [B, M] are int32 patch indices. Pixels of a patch are in
 * (row, column, channel) order. Tokens are never put back into image order: a transformer does not see order but positions, which are
 * gathered for `visible` and `masked` as they come, so no gather or scatter has a gradient.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export class MAEDecoder extends SeededLayer<tf.Tensor3D> {
  static className = 'MAEDecoder';

  readonly grid: PatchGrid;
  readonly patchSize: PatchSize;
  readonly channels: number;
  readonly prefixTokens: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** What its blocks are made of, defaults filled in. */
  readonly transformer: Transformer;
  private encoderWidth: number | undefined;

  constructor(config: MAEDecoderConfig) {
    super({ seed: config.seed, name: config.name ?? 'decoder', trainable: config.trainable });
    const { grid, patchSize, channels = 3, encoderWidth, prefixTokens = 1 } = config;
    assertPatchSize('MAEDecoder', 'patchSize', patchSize);
    assertInteger('MAEDecoder', 'prefixTokens', prefixTokens, { least: 0 });
    assertInteger('MAEDecoder', 'channels', channels);
    if (encoderWidth !== undefined) assertInteger('MAEDecoder', 'encoderWidth', encoderWidth);
    this.grid = createPatchGrid(grid.rows, grid.columns);
    this.patchSize = patchSizeOf(patchSides(patchSize));
    this.channels = channels;
    this.prefixTokens = prefixTokens;
    this.encoderWidth = encoderWidth;
    const { width = 512, depth = 8, heads = 16 } = config;
    this.transformer = resolveTransformer('MAEDecoder', { ...config, width, depth, heads });
    this.width = width;
    this.depth = depth;
    this.heads = heads;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor3D {
    const [tokens, visible, masked] = this.threeInputs(inputs);
    return tf.tidy(() => {
      const joined = this.embed(tokens, asIndices(visible), asIndices(masked)); // [B, T, D], T = prefix + K + M
      const [batchSize, tokenCount, width] = joined.shape;
      const maskedCount = masked.shape[1]!;
      let x = tf.reshape<tf.Rank.R2>(joined, [batchSize * tokenCount, width]);
      for (let block = 0; block < this.depth; block++) {
        // Only masked tokens are predicted, so the last block computes no output for the others.
        const queryCount = block === this.depth - 1 ? maskedCount : tokenCount;
        const pass = { batchSize, tokenCount, queryCount };
        x = transformerBlock(
          x,
          (name) => this.weight(`decoder_blocks.${block}.${name}`),
          this.transformer,
          pass,
        ).output;
      }
      const { normEpsilon } = this.transformer;
      const normalized = layerNorm(x, this.weight('decoder_norm.gamma'), this.weight('decoder_norm.beta'), normEpsilon);
      const pixels = linear(normalized, this.weight('decoder_pred.kernel'), this.weight('decoder_pred.bias'));
      return tf.reshape<tf.Rank.R3>(pixels, [batchSize, maskedCount, this.valuesPerPatch]);
    });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [tokens, , masked] = this.threeInputs(inputShape as LayerShape[]);
    return [tokens[0] ?? null, masked[1] ?? null, this.valuesPerPatch];
  }

  override getConfig(): tf.serialization.ConfigDict & MAEDecoderConfig {
    const { grid, patchSize, channels, prefixTokens, seed } = this;
    const config: tf.serialization.ConfigDict & MAEDecoderConfig = {
      ...super.getConfig(),
      grid: { rows: grid.rows, columns: grid.columns },
      ...{ patchSize, channels },
      ...transformerConfig(this.transformer),
      seed,
    };
    if (prefixTokens !== 1) config.prefixTokens = prefixTokens; // a field of later versions: files are known by a hash of the others
    if (this.encoderWidth !== undefined) config.encoderWidth = this.encoderWidth;
    return config;
  }

  /** The trainable weights, created if they are not yet there; that needs `encoderWidth` or a first use. */
  override variables(): tf.Variable[] {
    if (!this.built && this.encoderWidth !== undefined) {
      this.build([
        [null, null, this.encoderWidth],
        [null, null],
        [null, null],
      ]);
    }
    return super.variables();
  }

  protected override planWeights(inputShape: LayerShape | LayerShape[]): WeightPlan[] {
    const [tokens] = this.threeInputs(inputShape as LayerShape[]);
    assertShape(this.name, 'tokens', tokens, [null, null, this.encoderWidth ?? null], 'pass the tokens of the encoder');
    this.encoderWidth = tokens[2]!;
    const { grid, prefixTokens, width, depth, transformer } = this;
    return [
      ...linearWeights('decoder_embed', this.encoderWidth, width),
      { name: 'mask_token', shape: [1, 1, width], values: normal(0.02) },
      {
        name: 'decoder_pos_embed',
        shape: [1, prefixTokens + grid.patchCount, width],
        values: () => sinCosPositions({ grid, width, prefixTokens }),
        trainable: false,
      },
      ...Array.from({ length: depth }, (_, block) =>
        transformerBlockWeights(`decoder_blocks.${block}`, transformer),
      ).flat(),
      ...normWeights('decoder_norm', width),
      ...linearWeights('decoder_pred', width, this.valuesPerPatch),
    ];
  }

  private get valuesPerPatch(): number {
    const { height, width } = patchSides(this.patchSize);
    return height * width * this.channels;
  }

  /** The encoder's tokens, then mask tokens, each with its position: [B, prefix + K + M, width]. */
  private embed(tokens: tf.Tensor, visible: tf.Tensor2D, masked: tf.Tensor2D): tf.Tensor3D {
    const [batchSize, visibleCount] = visible.shape;
    assertShape(
      this.name,
      'tokens',
      tokens.shape,
      [batchSize, this.prefixTokens + visibleCount, this.encoderWidth ?? null],
      `tokens are ${this.prefixTokens === 1 ? 'the class token' : `${this.prefixTokens} of the prefix`} and one for each visible patch`,
    );
    assertShape(this.name, 'masked', masked.shape, [batchSize, null], 'give every image as many masked patches');
    const { width, prefixTokens } = this;
    const tokenCount = prefixTokens + visibleCount;
    const table = tf.reshape<tf.Rank.R2>(this.weight('decoder_pos_embed'), [
      prefixTokens + this.grid.patchCount,
      width,
    ]);
    const first = tf.scalar(prefixTokens, 'int32'); // row of patch 0: those before belong to the prefix
    const ofPatches = tf.add<tf.Tensor2D>(visible, first); // [B, K]
    const visibleRows = prefixTokens === 0 ? ofPatches : tf.concat([prefixRows(batchSize, prefixTokens), ofPatches], 1); // [B, prefix + K]

    const rows = tf.reshape<tf.Rank.R2>(tokens, [batchSize * tokenCount, -1]);
    const embedded = linear(rows, this.weight('decoder_embed.kernel'), this.weight('decoder_embed.bias'));
    return tf.concat(
      [
        tf.add(tf.reshape(embedded, [batchSize, tokenCount, width]), tf.gather(table, visibleRows)), // [B, prefix + K, width]
        tf.add(this.weight('mask_token'), tf.gather(table, tf.add(masked, first) as tf.Tensor2D)), // [B, M, width]
      ] as tf.Tensor3D[],
      1,
    );
  }

  private threeInputs<T>(inputs: T | T[]): [T, T, T] {
    if (Array.isArray(inputs) && inputs.length === 3) return inputs as [T, T, T];
    throw new SemmaeError({
      where: this.name,
      requirement: 'the inputs must be [tokens, visible, masked]',
      got: Array.isArray(inputs) ? `${inputs.length} inputs` : 'one input',
    });
  }
}

tf.serialization.registerClass(MAEDecoder);

/** Rows 0 … count − 1 of the table for every image: [B, count]. */
function prefixRows(batchSize: number, count: number): tf.Tensor2D {
  const rows = Int32Array.from({ length: batchSize * count }, (_, index) => index % count);
  return tf.tensor2d(rows, [batchSize, count], 'int32');
}
