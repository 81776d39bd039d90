// Pixel normalization: from 0..255 to the numbers that encoders see, and back.

import { imageNetStatistics, type PixelStatistics } from '@semmae/core';

export interface NormalizePixelsOptions {
  /** Where to write, as long as `pixels`. */
  into?: Float32Array;
  /** Of each channel. Default: ImageNet's, of RGB. */
  statistics?: PixelStatistics;
}

/** Pixels in 0..255, [..., channels], to zero mean and unit variance; as many channels as `statistics` has. */
export function normalizePixels(
  pixels: ArrayLike<number>,
  { into = new Float32Array(pixels.length), statistics = imageNetStatistics }: NormalizePixelsOptions = {},
): Float32Array {
  const scale = statistics.standardDeviation.map((deviation) => 1 / (255 * deviation));
  const offset = statistics.mean.map((value) => 255 * value);
  if (scale.length === 3) normalizeColors(pixels, into, offset, scale);
  else normalizeAny(pixels, into, offset, scale);
  return into;
}

/** `normalizeAny` in one pass over RGB. */
function normalizeColors(
  pixels: ArrayLike<number>,
  into: Float32Array,
  [redMean, greenMean, blueMean]: readonly number[],
  [redScale, greenScale, blueScale]: readonly number[],
): void {
  for (let red = 0; red < pixels.length; red += 3) {
    into[red] = (pixels[red]! - redMean!) * redScale!;
    into[red + 1] = (pixels[red + 1]! - greenMean!) * greenScale!;
    into[red + 2] = (pixels[red + 2]! - blueMean!) * blueScale!;
  }
}

function normalizeAny(
  pixels: ArrayLike<number>,
  into: Float32Array,
  offset: readonly number[],
  scale: readonly number[],
): void {
  for (let channel = 0; channel < scale.length; channel++) {
    for (let index = channel; index < pixels.length; index += scale.length) {
      into[index] = (pixels[index]! - offset[channel]!) * scale[channel]!;
    }
  }
}

/** The inverse of `normalizePixels`, rounded and clamped to 0..255: for pictures of inputs and reconstructions. */
export function denormalizePixels(
  normalized: ArrayLike<number>,
  { mean, standardDeviation }: PixelStatistics = imageNetStatistics,
): Uint8Array {
  const pixels = new Uint8Array(normalized.length);
  for (let index = 0; index < normalized.length; index++) {
    const channel = index % mean.length;
    const value = 255 * (normalized[index]! * standardDeviation[channel]! + mean[channel]!);
    pixels[index] = Math.min(Math.max(Math.round(value), 0), 255);
  }
  return pixels;
}
