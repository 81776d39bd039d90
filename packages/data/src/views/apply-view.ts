// Cuts a view out of an image, resizes it and normalizes its pixels: what an encoder is fed.

import { assertInteger, assertLength, type Interpolation, type PixelStatistics, SemmaeError } from '@semmae/core';

import { normalizePixels } from './normalization';
import { resample } from './resample';
import type { View } from './view';

export interface ApplyViewOptions {
  /** Size of the result in pixels. */
  height: number;
  width: number;
  /** Default 'bicubic', as in MAE. All are antialiased when they shrink. */
  interpolation?: Interpolation;
  /** Default: ImageNet's. */
  statistics?: PixelStatistics;
  /** Where to write, [height, width, 3]: a slice of a batch, for instance. */
  into?: Float32Array;
}

/** The view of `image` (RGB in 0..255, [H, W, 3]) as normalized pixels [height, width, 3]. */
export function applyView(
  image: { height: number; width: number; pixels: Uint8Array },
  view: View,
  options: ApplyViewOptions,
): Float32Array {
  const { height, width, interpolation = 'bicubic', into = new Float32Array(height * width * 3), statistics } = options;
  assertInteger('applyView', 'height', height);
  assertInteger('applyView', 'width', width);
  assertLength('applyView', 'pixels', image.pixels, image.height * image.width * 3);
  assertLength('applyView', 'into', into, height * width * 3);
  assertInside(view, image);
  return normalizePixels(resample(image, view, { height, width, interpolation }), { into, statistics });
}

function assertInside({ top, left, height, width }: View, image: { height: number; width: number }): void {
  const whole = [top, left, height, width].every(Number.isInteger);
  if (
    whole &&
    top >= 0 &&
    left >= 0 &&
    height > 0 &&
    width > 0 &&
    top + height <= image.height &&
    left + width <= image.width
  )
    return;
  throw new SemmaeError({
    where: 'applyView',
    requirement: `the view must be whole pixels inside the ${image.height}x${image.width} image`,
    got: { top, left, height, width },
    remedy: 'draw it with the size of this image',
  });
}
