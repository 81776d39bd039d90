// Pixel normalization: from RGB to the numbers that encoders see, and back.

import { imageNetStatistics, type PixelStatistics } from '@semmae/core';

export interface NormalizePixelsOptions {
  /** Where to write, as long as `pixels`. */
  into?: Float32Array;
  /** Default: ImageNet's. */
  statistics?: PixelStatistics;
}

/** RGB in 0..255, [..., 3], to zero mean and unit variance, [..., 3]. */
export function normalizePixels(
  pixels: ArrayLike<number>,
  { into = new Float32Array(pixels.length), statistics = imageNetStatistics }: NormalizePixelsOptions = {},
): Float32Array {
  const { mean, standardDeviation } = statistics;
  const [redScale, greenScale, blueScale] = standardDeviation.map((deviation) => 1 / (255 * deviation));
  const [redMean, greenMean, blueMean] = mean.map((value) => 255 * value);
  for (let red = 0; red < pixels.length; red += 3) {
    into[red] = (pixels[red]! - redMean!) * redScale!;
    into[red + 1] = (pixels[red + 1]! - greenMean!) * greenScale!;
    into[red + 2] = (pixels[red + 2]! - blueMean!) * blueScale!;
  }
  return into;
}

/** The inverse of `normalizePixels`, rounded and clamped to RGB in 0..255: for pictures of inputs and reconstructions. */
export function denormalizePixels(
  normalized: ArrayLike<number>,
  { mean, standardDeviation }: PixelStatistics = imageNetStatistics,
): Uint8Array {
  const pixels = new Uint8Array(normalized.length);
  for (let index = 0; index < normalized.length; index++) {
    const channel = index % 3;
    const value = 255 * (normalized[index]! * standardDeviation[channel]! + mean[channel]!);
    pixels[index] = Math.min(Math.max(Math.round(value), 0), 255);
  }
  return pixels;
}
