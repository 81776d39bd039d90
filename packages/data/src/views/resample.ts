// Cuts a view out of an image and resizes it, one axis after the other.

import type { Interpolation } from '@semmae/core';

import { type ResamplingWeights, resamplingWeights } from './resampling-weights';
import type { View } from './view';

/** The view of RGB pixels [H, W, 3] at `height` x `width`, in 0..255 but not rounded: [height, width, 3]. */
export function resample(
  image: { width: number; pixels: Uint8Array },
  view: View,
  { height, width, interpolation }: { height: number; width: number; interpolation: Interpolation },
): Float32Array {
  if (view.height === height && view.width === width) return cut(image, view);
  const rows = resizeRows(image, view, resamplingWeights(view.width, width, interpolation));
  return resizeColumns(rows, resamplingWeights(view.height, height, interpolation), 3 * width);
}

/** The view at its own size, for which all weights are 0 or 1. */
function cut({ width: sourceWidth, pixels }: { width: number; pixels: Uint8Array }, view: View): Float32Array {
  const { top, left, height, width, flip } = view;
  const result = new Float32Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const start = 3 * ((top + y) * sourceWidth + left);
    const row = result.subarray(3 * y * width, 3 * (y + 1) * width);
    row.set(pixels.subarray(start, start + 3 * width));
    if (flip) mirror(row);
  }
  return result;
}

function mirror(row: Float32Array): void {
  row.reverse(); // the colors of each pixel too
  for (let red = 0; red < row.length; red += 3) row.subarray(red, red + 3).reverse();
}

/** Horizontal pass over the crop's rows, mirrored if the view is: [view height, width, 3]. */
function resizeRows(
  { width: sourceWidth, pixels }: { width: number; pixels: Uint8Array },
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

/** Vertical pass, clamped because bicubic overshoots: [height, width, 3]. Four taps a pass save stores. */
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
