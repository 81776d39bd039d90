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
  const { mean, standardDeviation } = statistics;
  for (let channel = 0; channel < mean.length; channel++) {
    const scale = 1 / (255 * standardDeviation[channel]!);
    const offset = 255 * mean[channel]!;
    for (let index = channel; index < pixels.length; index += mean.length) {
      into[index] = (pixels[index]! - offset) * scale;
    }
  }
  return into;
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
