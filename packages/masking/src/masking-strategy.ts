// What every masking strategy is: a value with one method that samples the mask of one image.

import type { PatchGrid, Rng } from '@semmae/core';

import type { PatchMask } from './patch-mask';

/** What the context must carry besides the grid: nothing, an attention score per patch, or a part id per patch. */
export type MaskingGuidance = 'none' | 'attention' | 'parts';

/** Everything a strategy may look at when it masks one image. Strategies never modify it. */
export interface MaskingContext {
  /** Rows and columns of patches, N = rows * columns. */
  readonly grid: PatchGrid;
  /** Fraction of training that is done, in [0, 1]. Only scheduled strategies (semantic masking) look at it. */
  readonly progress: number;
  /** [N] higher is more attended, in row-major order. Any score works: class-token attention, local contrast, saliency. */
  readonly attention?: Float32Array | undefined;
  /** [N] part id of each patch in row-major order. 0 is background, an id like any other. */
  readonly parts?: Uint8Array | undefined;
}

/** Decides which patches of one image are hidden from the encoder. */
export interface MaskingStrategy {
  readonly name: string;
  readonly guidance: MaskingGuidance;
  /**
   * The mask of one image. The number of masked patches depends on the grid alone, so the masks of a batch always
   * stack, except where a published behavior is asked for that lets it vary: those need padding. All randomness comes
   * from `rng`, so the same seed gives the same mask.
   */
  sample(context: MaskingContext, rng: Rng): PatchMask;
  /**
   * The same mask, written over all N entries of `hidden` (1 = masked) and with the same draws. Batches use it where it
   * is there, to sample without an allocation for each mask. `strategyFromHide` makes `sample` of it.
   */
  hide?(context: MaskingContext, hidden: Uint8Array, rng: Rng): void;
}

/**
 * Decides for a whole batch at once: where images share a draw, or a fixed share of them is masked at all. Counts may
 * differ between its images.
 */
export interface BatchMaskingStrategy {
  readonly name: string;
  readonly guidance: MaskingGuidance;
  /** One mask for each context; all contexts have the same grid. */
  sampleBatch(contexts: readonly MaskingContext[], rng: Rng): PatchMask[];
  /**
   * The same masks, written over all of `hidden` [B, N] (1 = masked) and with the same draws: how batches are sampled without an
   * allocation for each mask. `strategyFromHideBatch` makes `sampleBatch` of it.
   */
  hideBatch?(contexts: readonly MaskingContext[], hidden: Uint8Array, rng: Rng): void;
}
