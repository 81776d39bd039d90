// The pixels of a view as they are, neither resized nor rounded.

import type { ImageSize } from '@semmae/core';

import type { PixelImage } from './pixel-image';
import type { View } from './view';

/** [view height, view width, channels], mirrored if the view is; written `into` an array of that length where there is one. */
export function cutPixels<Pixels extends Uint8Array | Float32Array = Uint8Array | Float32Array>(
  { width: sourceWidth, channels = 3, pixels }: Omit<PixelImage, 'height'>,
  { top, left, height, width, flip }: View,
  into: Pixels = blankLike(pixels, { height, width }, channels) as Pixels,
): Pixels {
  for (let y = 0; y < height; y++) {
    const start = channels * ((top + y) * sourceWidth + left);
    const row = into.subarray(channels * y * width, channels * (y + 1) * width);
    row.set(pixels.subarray(start, start + channels * width));
    if (flip) mirror(row, channels);
  }
  return into;
}

function blankLike(
  pixels: Uint8Array | Float32Array,
  { height, width }: ImageSize,
  channels: number,
): Uint8Array | Float32Array {
  const length = height * width * channels;
  return pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
}

function mirror(row: Uint8Array | Float32Array, channels: number): void {
  row.reverse(); // the channels of each pixel too
  for (let first = 0; first < row.length; first += channels) row.subarray(first, first + channels).reverse();
}
