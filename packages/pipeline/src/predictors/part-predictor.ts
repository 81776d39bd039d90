// What every way to find parts offers: images in, part maps out.

import type { ImageSize, PatchGrid } from '@semmae/core';
import type { LabeledImage, PartShardSettings } from '@semmae/data';

export const partMethods = [
  'learned',
  'attention-heads',
  'k-means',
  'color',
  'grid',
  'random',
  'ground-truth',
] as const;
export type PartMethod = (typeof partMethods)[number];

/** Parts of one image on the grid of the predictor. */
export interface PredictedParts {
  /** 0 = background, 1 .. P: [N]. */
  parts: Uint8Array;
  /** Had there been no background: [N]. */
  foreground: Uint8Array;
  /** How likely each patch shows an object, [N]; where the method says so. */
  saliency?: Float32Array;
  /** Class-token attention of the encoder, mean over heads, [N]; where there is an encoder. */
  attention?: Float32Array;
}

export interface PartPredictor {
  readonly method: PartMethod;
  readonly grid: PatchGrid;
  readonly partCount: number;
  /** Size at which images must come. */
  readonly imageSize: ImageSize;
  /** What a shard of its maps says about them. */
  readonly settings: Pick<
    PartShardSettings,
    'encoder' | 'method' | 'softmaxAxis' | 'blur' | 'background' | 'hasBackground' | 'scores'
  >;
  /** Parts of images, or of their mirror images (not mirrored back). */
  predict(images: readonly LabeledImage[], mirrored?: boolean): Promise<PredictedParts[]>;
  dispose(): void;
}
