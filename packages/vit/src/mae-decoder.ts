// MAE's decoder, as a tfjs layer: from the tokens of visible patches to the pixels of masked ones.

import { assertInteger, assertShape, createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { asIndices } from './gather-patches';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import { type LayerShape, SeededLayer, type SeededLayerOptions, type WeightPlan } from './seeded-layer';
import { sinCosPositions } from './sin-cos-positions';
import { normal } from './tensor/initial-values';
import { linearWeights, normWeights, transformerBlock, transformerBlockWeights } from './transformer-block';
import { transformerSizes } from './transformer-sizes';

export interface MAEDecoderConfig extends SeededLayerOptions {
  /** The encoder's grid. */
  grid: Pick<PatchGrid, 'rows' | 'columns'>;
  /** Side of a patch in pixels. */
  patchSize: number;
  /** Colors of a pixel. Default 3. */
  channels?: number;
  /** D of the encoder's tokens. Default: taken from the first input. */
  encoderWidth?: number;
  /** Width of the decoder, a multiple of 4 and of `heads`. Default 512 (MAE, Table 1b). */
  width?: number;
  /** Number of blocks. Default 8 (MAE, Table 1a). */
  depth?: number;
  /** Default 16. */
  heads?: number;
  /** Default 4. */
  mlpRatio?: number;
}

/**
 * `apply([tokens, visible, masked])` → predicted pixels of the masked patches only, [B, M, p·p·C], in the order of `masked`.
 *
 * `tokens` [B, 1 + K, D] come from the encoder, `visible` [B, K] and `masked` [B, M] are int32 patch indices. Pixels of a patch are in
 * (row, column, channel) order. Tokens are never put back into image order: a transformer does not see order but positions, which are
 * gathered for `visible` and `masked` as they come, so no gather or scatter has a gradient.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", §3, https://arxiv.org/abs/2111.06377
 */
export class MAEDecoder extends SeededLayer<tf.Tensor3D> {
  static className = 'MAEDecoder';

  readonly grid: PatchGrid;
  readonly patchSize: number;
  readonly channels: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  private readonly hiddenWidth: number;
  private encoderWidth: number | undefined;

  constructor(config: MAEDecoderConfig) {
    super({ seed: config.seed, name: config.name ?? 'decoder', trainable: config.trainable });
    const { grid, patchSize, channels = 3, encoderWidth, width = 512, depth = 8, heads = 16, mlpRatio } = config;
    assertInteger('MAEDecoder', 'patchSize', patchSize);
    assertInteger('MAEDecoder', 'channels', channels);
    if (encoderWidth !== undefined) assertInteger('MAEDecoder', 'encoderWidth', encoderWidth);
    this.grid = createPatchGrid(grid.rows, grid.columns);
    this.patchSize = patchSize;
    this.channels = channels;
    this.encoderWidth = encoderWidth;
    const sizes = transformerSizes('MAEDecoder', { width, depth, heads, mlpRatio });
    this.width = sizes.width;
    this.depth = sizes.depth;
    this.heads = sizes.heads;
    this.mlpRatio = sizes.mlpRatio;
    this.hiddenWidth = sizes.hiddenWidth;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor3D {
    const [tokens, visible, masked] = this.threeInputs(inputs);
    return tf.tidy(() => {
      const joined = this.embed(tokens, asIndices(visible), asIndices(masked)); // [B, T, D], T = 1 + K + M
      const [batchSize, tokenCount, width] = joined.shape;
      const maskedCount = masked.shape[1]!;
      let x = tf.reshape<tf.Rank.R2>(joined, [batchSize * tokenCount, width]);
      for (let block = 0; block < this.depth; block++) {
        // Only masked tokens are predicted, so the last block computes no output for the others.
        const queryCount = block === this.depth - 1 ? maskedCount : tokenCount;
        const shape = { batchSize, tokenCount, heads: this.heads, queryCount };
        x = transformerBlock(x, (name) => this.weight(`decoder_blocks.${block}.${name}`), shape).output;
      }
      const normalized = layerNorm(x, this.weight('decoder_norm.gamma'), this.weight('decoder_norm.beta'));
      const pixels = linear(normalized, this.weight('decoder_pred.kernel'), this.weight('decoder_pred.bias'));
      return tf.reshape<tf.Rank.R3>(pixels, [batchSize, maskedCount, this.valuesPerPatch]);
    });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [tokens, , masked] = this.threeInputs(inputShape as LayerShape[]);
    return [tokens[0] ?? null, masked[1] ?? null, this.valuesPerPatch];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { grid, patchSize, channels, width, depth, heads, mlpRatio, seed } = this;
    const sizes = { patchSize, channels, width, depth, heads, mlpRatio };
    const config: tf.serialization.ConfigDict = {
      ...super.getConfig(),
      grid: { rows: grid.rows, columns: grid.columns },
      ...sizes,
      seed,
    };
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
    const { grid, width, depth, hiddenWidth } = this;
    return [
      ...linearWeights('decoder_embed', this.encoderWidth, width),
      { name: 'mask_token', shape: [1, 1, width], values: normal(0.02) },
      {
        name: 'decoder_pos_embed',
        shape: [1, 1 + grid.patchCount, width],
        values: () => sinCosPositions({ grid, width }),
        trainable: false,
      },
      ...Array.from({ length: depth }, (_, block) =>
        transformerBlockWeights(`decoder_blocks.${block}`, width, hiddenWidth),
      ).flat(),
      ...normWeights('decoder_norm', width),
      ...linearWeights('decoder_pred', width, this.valuesPerPatch),
    ];
  }

  private get valuesPerPatch(): number {
    return this.patchSize * this.patchSize * this.channels;
  }

  /** Visible tokens, then mask tokens, each with its position: [B, 1 + K + M, width]. */
  private embed(tokens: tf.Tensor, visible: tf.Tensor2D, masked: tf.Tensor2D): tf.Tensor3D {
    const [batchSize, visibleCount] = visible.shape;
    assertShape(
      this.name,
      'tokens',
      tokens.shape,
      [batchSize, 1 + visibleCount, this.encoderWidth ?? null],
      'tokens are the class token and one for each visible patch',
    );
    assertShape(this.name, 'masked', masked.shape, [batchSize, null], 'give every image as many masked patches');
    const { width } = this;
    const table = tf.reshape<tf.Rank.R2>(this.weight('decoder_pos_embed'), [1 + this.grid.patchCount, width]);
    const one = tf.scalar(1, 'int32'); // row 0 of the table belongs to the class token
    const visibleRows = tf.concat([tf.zeros([batchSize, 1], 'int32'), tf.add(visible, one)] as tf.Tensor2D[], 1); // [B, 1 + K]

    const rows = tf.reshape<tf.Rank.R2>(tokens, [batchSize * (1 + visibleCount), -1]);
    const embedded = linear(rows, this.weight('decoder_embed.kernel'), this.weight('decoder_embed.bias'));
    return tf.concat(
      [
        tf.add(tf.reshape(embedded, [batchSize, 1 + visibleCount, width]), tf.gather(table, visibleRows)), // [B, 1 + K, width]
        tf.add(this.weight('mask_token'), tf.gather(table, tf.add(masked, one) as tf.Tensor2D)), // [B, M, width]
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
