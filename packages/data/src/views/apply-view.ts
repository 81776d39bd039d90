// Cuts a view out of an image, resizes it and normalizes its pixels: what an encoder is fed.

import {
  assertInteger,
  assertLength,
  type ImageSize,
  type Interpolation,
  type PixelStatistics,
  SemmaeError,
} from '@semmae/core';

import { normalizePixels } from './normalization';
import { checkedChannels, type PixelImage } from './pixel-image';
import { resample } from './resample';
import { statisticsFor } from './statistics-for';
import type { View } from './view';

export interface ApplyViewOptions {
  /** Size of the result in pixels. */
  height: number;
  width: number;
  /** Default 'bicubic', as in MAE. All are antialiased when they shrink. */
  interpolation?: Interpolation;
  /** Of each channel. Default: ImageNet's; needed where there are not 3 channels. */
  statistics?: PixelStatistics;
  /** Where to write, [height, width, channels]: a slice of a batch, for instance. */
  into?: Float32Array;
}

/** The view of `image` ([H, W, channels], 0..255) as normalized pixels [height, width, channels]. */
export function applyView(image: PixelImage, view: View, options: ApplyViewOptions): Float32Array {
  const { height, width, interpolation = 'bicubic' } = options;
  assertInteger('applyView', 'height', height);
  assertInteger('applyView', 'width', width);
  const channels = checkedChannels('applyView', image);
  const statistics = statisticsFor('applyView', channels, options.statistics);
  const { into = new Float32Array(height * width * channels) } = options;
  assertLength('applyView', 'into', into, height * width * channels);
  assertInside(view, image);
  return normalizePixels(resample(image, view, { height, width, interpolation }), { into, statistics });
}

function assertInside({ top, left, height, width }: View, image: ImageSize): void {
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
