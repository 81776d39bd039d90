// Cuts a view out of an image, resizes it and normalises its pixels: what an encoder is fed.

import { assertInteger, assertLength, SemmaeError } from '@semmae/core';

import { imageNetMean, imageNetStandardDeviation } from './normalization';
import { type Interpolation, type ResamplingWeights, resamplingWeights } from './resampling-weights';
import type { View } from './view';

export interface ApplyViewOptions {
  /** Size of the result in pixels. */
  height: number;
  width: number;
  /** Default 'bicubic', as in MAE. Both are antialiased when they shrink. */
  interpolation?: Interpolation;
  /** Where to write, [height, width, 3]: a slice of a batch, for instance. */
  into?: Float32Array;
}

/** The view of `image` (RGB in 0..255, [H, W, 3]) as normalised pixels [height, width, 3], ImageNet mean and deviation. */
export function applyView(
  image: { height: number; width: number; pixels: Uint8Array },
  view: View,
  { height, width, interpolation = 'bicubic', into = new Float32Array(height * width * 3) }: ApplyViewOptions,
): Float32Array {
  assertInteger('applyView', 'height', height);
  assertInteger('applyView', 'width', width);
  assertLength('applyView', 'pixels', image.pixels, image.height * image.width * 3);
  assertLength('applyView', 'into', into, height * width * 3);
  assertInside(view, image);
  const rows = resizeRows(image, view, resamplingWeights(view.width, width, interpolation));
  resizeColumns(rows, resamplingWeights(view.height, height, interpolation), into, width);
  return into;
}

/** Horizontal pass over the crop's rows, mirrored if the view is: [view height, width, 3]. */
function resizeRows(
  { width: sourceWidth, pixels }: { width: number; pixels: Uint8Array },
  { top, left, height, flip }: View,
  { taps, first, weights }: ResamplingWeights,
): Float32Array {
  const width = first.length;
  const rows = new Float32Array(height * width * 3);
  for (let x = 0; x < width; x++) {
    const target = flip ? width - 1 - x : x;
    for (let y = 0; y < height; y++) {
      let source = 3 * ((top + y) * sourceWidth + left + first[x]!);
      let [red, green, blue] = [0, 0, 0];
      for (let tap = x * taps; tap < (x + 1) * taps; tap++) {
        const weight = weights[tap]!;
        red += weight * pixels[source]!;
        green += weight * pixels[source + 1]!;
        blue += weight * pixels[source + 2]!;
        source += 3;
      }
      const written = 3 * (y * width + target);
      rows[written] = red;
      rows[written + 1] = green;
      rows[written + 2] = blue;
    }
  }
  return rows;
}

/** Vertical pass, then clamping (bicubic overshoots) and normalisation. */
function resizeColumns(
  rows: Float32Array,
  { taps, first, weights }: ResamplingWeights,
  into: Float32Array,
  width: number,
) {
  const rowLength = 3 * width;
  for (let y = 0; y < first.length; y++) {
    const start = first[y]! * rowLength;
    for (let item = 0; item < rowLength; item++) {
      let value = 0;
      for (let tap = 0; tap < taps; tap++) value += weights[y * taps + tap]! * rows[start + tap * rowLength + item]!;
      const channel = (item % 3) as 0 | 1 | 2;
      const clamped = Math.min(Math.max(value, 0), 255);
      into[y * rowLength + item] = (clamped / 255 - imageNetMean[channel]) / imageNetStandardDeviation[channel];
    }
  }
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
