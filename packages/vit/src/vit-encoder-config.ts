// What a ViT encoder is built from.

import type { PatchSize } from '@semmae/core';

import type { FinalNorm } from './final-norm';
import type { PositionTableConfig } from './positions/position-table';
import type { PrefixTokenConfig } from './prefix-tokens';
import type { SeededLayerOptions } from './seeded-layer';
import type { TransformerConfig } from './transformer-config';

export interface ViTEncoderConfig
  extends SeededLayerOptions,
    TransformerConfig,
    PrefixTokenConfig,
    PositionTableConfig {
  /** Pixels; a multiple of `patchStride`. */
  imageHeight: number;
  /** Pixels; a multiple of `patchStride`. */
  imageWidth: number;
  /** Sides of a patch in pixels. */
  patchSize: PatchSize;
  /** Pixels from one patch to the next. Default `patchSize`; less, by an even number, gives overlapping patches and a finer grid. */
  patchStride?: PatchSize;
  /** Colors of a pixel. Default 3. */
  channels?: number;
  /** Whether the patch embedding has a bias. Default true. */
  patchBias?: boolean;
  /** Whether there is a token to put in place of hidden patches: weight `masked_embed` [1, D], zero at first (iBOT). Default false. */
  maskToken?: boolean;
  /** Whether tokens pass a layer norm `norm_pre` before the first block (CLIP). Default false. */
  preNorm?: boolean;
  /**
   * `'tokens'` (default): a layer norm `norm` of all tokens after the last block. `'pooled'`: tokens stay as they are, and the mean of
   * those of the patches has a layer norm `fc_norm` (MAE and BEiT as fine-tuned classifiers). `'none'`: neither.
   */
  finalNorm?: FinalNorm;
}
