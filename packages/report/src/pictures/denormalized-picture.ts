// A picture from the float pixels that a model sees.

import { assertInteger, assertLength, type PixelStatistics, SemmaeError } from '@semmae/core';

import type { Picture } from './picture';

export interface DenormalizedPictureOptions extends PixelStatistics {
  height: number;
  width: number;
  /** `(pixel / 255 - mean) / standardDeviation`, [H, W, 3]. */
  pixels: Float32Array;
}

/** Undoes normalization; values outside 0..255 are clipped, as a model's predictions often lie outside. */
export function denormalizedPicture({ height, width, pixels, ...statistics }: DenormalizedPictureOptions): Picture {
  assertInteger('denormalizedPicture', 'height', height);
  assertInteger('denormalizedPicture', 'width', width);
  assertLength('denormalizedPicture', 'pixels', pixels, height * width * 3);
  return { height, width, pixels: denormalizedPixels('denormalizedPicture', pixels, statistics) };
}

/** The same for any run of RGB values [..., 3]. NaN and infinities are errors of `where`, never black pixels. */
export function denormalizedPixels(
  where: string,
  pixels: Float32Array,
  { mean, standardDeviation }: PixelStatistics,
): Uint8Array {
  const bytes = new Uint8ClampedArray(pixels.length); // clamps and rounds on assignment
  for (const [index, value] of pixels.entries()) {
    if (!Number.isFinite(value)) {
      const remedy = `value ${index} of ${pixels.length} is not; look at the loss before drawing`;
      throw new SemmaeError({ where, requirement: 'pixels must be finite', got: value, remedy });
    }
    bytes[index] = 255 * (value * standardDeviation[index % 3]! + mean[index % 3]!);
  }
  return new Uint8Array(bytes.buffer);
}
