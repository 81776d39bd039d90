// Cuts a view out of an image and resizes it, one axis after the other.

import type { ImageSize, Interpolation } from '@semmae/core';

import { cutPixels } from './cut-pixels';
import type { PixelImage } from './pixel-image';
import { type ResamplingWeights, resamplingWeights } from './resampling-weights';
import type { View } from './view';

type Source = Omit<PixelImage, 'height'>;

export interface ResampleOptions extends ImageSize {
  interpolation: Interpolation;
  /** The part of the result that is wanted, before mirroring. Default: all of it. Nothing else is computed. */
  window?: ImageSize & { readonly top: number; readonly left: number };
}

/** The view of `image` at `height` x `width`, in 0..255 but not rounded: [height, width, channels], or those of the window. */
export function resample(
  image: Source,
  view: View,
  { height, width, interpolation, window = { top: 0, left: 0, height, width } }: ResampleOptions,
): Float32Array {
  if (view.height === height && view.width === width) {
    const place = { ...view, ...window, top: view.top + window.top, left: view.left + window.left };
    const into = new Float32Array(window.height * window.width * (image.channels ?? 3));
    return cutPixels(image, place, into); // all weights are 0 or 1
  }
  const { channels = 3 } = image;
  const columns = resamplingWeights(view.width, width, interpolation, { start: window.left, count: window.width });
  const rows = resamplingWeights(view.height, height, interpolation, { start: window.top, count: window.height });
  const begin = rows.first[0]!;
  const end = rows.first.at(-1)! + rows.taps;
  const resizeRows = channels === 3 ? resizeColorRows : resizeAnyRows;
  const narrow = resizeRows(image, { ...view, top: view.top + begin, height: end - begin }, columns);
  return resizeColumns(narrow, { ...rows, first: rows.first.map((row) => row - begin) }, channels * window.width);
}

/** `resizeAnyRows` of RGB, with the three sums in registers: the pass that costs most. */
function resizeColorRows(
  { width: sourceWidth, pixels }: Source,
  { top, left, height, width: viewWidth, flip }: View,
  { taps, first, weights }: ResamplingWeights,
): Float32Array {
  const width = first.length;
  const rows = new Float32Array(height * width * 3);
  const row = new Float64Array(3 * viewWidth); // converted once, not once per tap
  for (let y = 0; y < height; y++) {
    const start = 3 * ((top + y) * sourceWidth + left);
    row.set(pixels.subarray(start, start + 3 * viewWidth));
    for (let x = 0; x < width; x++) {
      let source = 3 * first[x]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      const end = (x + 1) * taps;
      for (let tap = x * taps; tap < end; tap++) {
        const weight = weights[tap]!;
        red += weight * row[source]!;
        green += weight * row[source + 1]!;
        blue += weight * row[source + 2]!;
        source += 3;
      }
      const written = 3 * (y * width + (flip ? width - 1 - x : x));
      rows[written] = red;
      rows[written + 1] = green;
      rows[written + 2] = blue;
    }
  }
  return rows;
}

/** Horizontal pass over the crop's rows, mirrored if the view is: [view height, width, channels]. */
function resizeAnyRows(
  { width: sourceWidth, channels = 3, pixels }: Source,
  { top, left, height, width: viewWidth, flip }: View,
  { taps, first, weights }: ResamplingWeights,
): Float32Array {
  const width = first.length;
  const rows = new Float32Array(height * width * channels);
  const row = new Float64Array(channels * viewWidth);
  for (let y = 0; y < height; y++) {
    const start = channels * ((top + y) * sourceWidth + left);
    row.set(pixels.subarray(start, start + channels * viewWidth));
    for (let x = 0; x < width; x++) {
      const written = channels * (y * width + (flip ? width - 1 - x : x));
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          sum += weights[x * taps + tap]! * row[channels * (first[x]! + tap) + channel]!;
        }
        rows[written + channel] = sum;
      }
    }
  }
  return rows;
}

/** Vertical pass, clamped because bicubic overshoots: [height, width, channels]. Four taps a pass save stores. */
function resizeColumns(
  rows: Float32Array,
  { taps, first, weights }: ResamplingWeights,
  rowLength: number,
): Float32Array {
  const result = new Float32Array(first.length * rowLength);
  for (let y = 0; y < first.length; y++) {
    const target = result.subarray(y * rowLength, (y + 1) * rowLength);
    const rowOf = (tap: number) => (first[y]! + Math.min(tap, taps - 1)) * rowLength;
    const weightOf = (tap: number) => (tap < taps ? weights[y * taps + tap]! : 0);
    for (let tap = 0; tap < taps; tap += 4) {
      const [a, b, c, d] = [rowOf(tap), rowOf(tap + 1), rowOf(tap + 2), rowOf(tap + 3)];
      const [wa, wb, wc, wd] = [weightOf(tap), weightOf(tap + 1), weightOf(tap + 2), weightOf(tap + 3)];
      for (let item = 0; item < rowLength; item++) {
        target[item] =
          target[item]! + (wa * rows[a + item]! + wb * rows[b + item]! + (wc * rows[c + item]! + wd * rows[d + item]!));
      }
    }
    for (let item = 0; item < rowLength; item++) {
      const value = target[item]!;
      target[item] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return result;
}
