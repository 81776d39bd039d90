// What a ViT encoder is built from.

import type { PositionTableConfig } from './positions/position-table';
import type { SeededLayerOptions } from './seeded-layer';

export interface ViTEncoderConfig extends SeededLayerOptions, PositionTableConfig {
  /** Pixels; a multiple of `patchStride`. */
  imageHeight: number;
  /** Pixels; a multiple of `patchStride`. */
  imageWidth: number;
  /** Side of a patch in pixels. */
  patchSize: number;
  /** Pixels from one patch to the next. Default `patchSize`; less, by an even number, gives overlapping patches and a finer grid. */
  patchStride?: number;
  /** Colors of a pixel. Default 3. */
  channels?: number;
  /** D, a multiple of 4 and of `heads`. */
  width: number;
  /** Number of blocks. */
  depth: number;
  heads: number;
  /** Width of the hidden layer of a block, in units of D. Default 4. */
  mlpRatio?: number;
  /** Whether there is a token to put in place of hidden patches: weight `masked_embed` [1, D], zero at first (iBOT). Default false. */
  maskToken?: boolean;
}
