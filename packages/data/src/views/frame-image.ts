// A photograph at the size that an encoder wants, byte for byte what Pillow makes of it.

import { assertFraming, assertInteger, assertLength, type Framing, type ImageSize } from '@semmae/core';

import { framedCrop } from './framed-crop';
import { type ResamplingWeights, resamplingWeights } from './resampling-weights';

/** Bits behind the point of a weight. */
const precision = 22;

/**
 * The center of `image` (RGB in 0..255, [H, W, 3]) at `target`, [height, width, 3]. As in Pillow the passes over rows and columns have
 * weights of 22 bits and round to bytes: encoders then see what they saw in torchvision and timm, to the last bit but for a byte in
 * millions.
 */
export function frameImage(
  image: ImageSize & { readonly pixels: Uint8Array },
  target: ImageSize,
  framing: Framing,
): Uint8Array {
  assertInteger('frameImage', 'height', target.height);
  assertInteger('frameImage', 'width', target.width);
  assertLength('frameImage', 'pixels', image.pixels, image.height * image.width * 3);
  assertFraming('frameImage', framing);
  const { resized, top, left } = framedCrop(image, target, framing);
  const columns = fixedWeights(
    resamplingWeights(image.width, resized.width, framing.interpolation),
    left,
    target.width,
  );
  const rows = fixedWeights(resamplingWeights(image.height, resized.height, framing.interpolation), top, target.height);
  const begin = rows.first[0]!;
  const end = rows.first.at(-1)! + rows.taps;
  const narrow = resizeRows(
    image.pixels.subarray(3 * begin * image.width, 3 * end * image.width),
    3 * image.width,
    columns,
  );
  return resizeColumns(narrow, 3 * target.width, rows, begin);
}

interface FixedWeights {
  readonly taps: number;
  /** [target] */
  readonly first: Int32Array;
  /** [target, taps], times 2^22. */
  readonly weights: Int32Array;
}

/** Those of the target positions `start` to `start + count - 1`. */
function fixedWeights({ taps, first, weights }: ResamplingWeights, start: number, count: number): FixedWeights {
  const chosen = weights.subarray(start * taps, (start + count) * taps);
  return {
    taps,
    first: first.subarray(start, start + count),
    weights: Int32Array.from(
      chosen,
      (weight) => Math.sign(weight) * Math.floor(Math.abs(weight) * 2 ** precision + 0.5),
    ),
  };
}

/** [rows, W, 3] -> [rows, width, 3] */
function resizeRows(pixels: Uint8Array, rowLength: number, { taps, first, weights }: FixedWeights): Uint8Array {
  const rowCount = pixels.length / rowLength;
  const width = first.length;
  const result = new Uint8Array(rowCount * width * 3);
  let written = 0;
  for (let start = 0; start < pixels.length; start += rowLength) {
    for (let x = 0; x < width; x++) {
      let [red, green, blue] = [half, half, half];
      let source = start + 3 * first[x]!;
      for (let tap = x * taps; tap < (x + 1) * taps; tap++) {
        const weight = weights[tap]!;
        red += weight * pixels[source++]!;
        green += weight * pixels[source++]!;
        blue += weight * pixels[source++]!;
      }
      result[written++] = byteOf(red);
      result[written++] = byteOf(green);
      result[written++] = byteOf(blue);
    }
  }
  return result;
}

/** [rows, width, 3], the first of which is row `begin` of the source -> [height, width, 3] */
function resizeColumns(
  rows: Uint8Array,
  rowLength: number,
  { taps, first, weights }: FixedWeights,
  begin: number,
): Uint8Array {
  const result = new Uint8Array(first.length * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < first.length; y++) {
    sums.fill(half);
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[y * taps + tap]!;
      const source = (first[y]! - begin + tap) * rowLength;
      for (let item = 0; item < rowLength; item++) sums[item]! += weight * rows[source + item]!;
    }
    for (let item = 0; item < rowLength; item++) result[y * rowLength + item] = byteOf(sums[item]!);
  }
  return result;
}

const half = 2 ** (precision - 1);

function byteOf(sum: number): number {
  const value = sum >> precision;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
