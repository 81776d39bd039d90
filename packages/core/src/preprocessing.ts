// How photographs become what an encoder sees. Weights are worth what they promise only on images made as in their training.

import { assertOneOf, assertRange } from './checks';
import type { ImageSize } from './grid/pixel-patches';

/** Mean and standard deviation of each channel, pixels in [0, 1]. */
export interface PixelStatistics {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** Of ImageNet: the constants of MAE, iBOT, DINO, DINOv2 and DeiT, and of all trainings here. */
export const imageNetStatistics: PixelStatistics = {
  mean: [0.485, 0.456, 0.406],
  standardDeviation: [0.229, 0.224, 0.225],
};

export const interpolations = ['bilinear', 'bicubic', 'lanczos'] as const;
/** A filter that is widened where images shrink, so that nothing aliases, as in Pillow. */
export type Interpolation = (typeof interpolations)[number];

/** How an image comes to a size: resized as by Pillow, to the byte, then cropped around the center as by torchvision and timm. */
export interface Framing {
  readonly interpolation: Interpolation;
  /**
   * What the crop keeps of the resized sides, in (0, 1]: 0.875 resizes the short side to 256 and keeps 224 pixels. Without one nothing
   * is cropped: both sides are resized, whatever the proportions, as Hugging Face's ViTImageProcessor does.
   */
  readonly cropFraction?: number;
}

/** Throws a SemmaeError unless the filter is known and the fraction is one. */
export function assertFraming(where: string, { interpolation, cropFraction }: Framing): void {
  assertOneOf(where, '`interpolation`', interpolation, interpolations);
  if (cropFraction !== undefined) assertRange(where, '`cropFraction`', cropFraction, 0.01, 1);
}

/** What belongs to the weights of an encoder, beside its configuration. */
export interface Preprocessing extends PixelStatistics {
  /** Size of the images in pixels. */
  readonly imageSize: ImageSize;
  /** Without one images are resized bicubically to cover the size and cropped around the center, as in all trainings here. */
  readonly framing?: Framing;
  /** Which bands of a file are the channels of the encoder, from 0. Without them the first ones. */
  readonly bands?: readonly number[];
  /** The stored values that are 0 and 1 of the statistics, where files have more than 8 bits or floats. */
  readonly valueRange?: readonly [lowest: number, highest: number];
}
