// A photograph at the size that an encoder wants, byte for byte what Pillow makes of it.

import { assertFraming, assertInteger, type Framing, type ImageSize } from '@semmae/core';

import { type FramedCrop, framedCrop } from './framed-crop';
import { checkedChannels, type PixelImage } from './pixel-image';
import { resample } from './resample';
import { type ResamplingWeights, resamplingWeights } from './resampling-weights';
import { fullView } from './view';

/** Bits behind the point of a weight. */
const precision = 22;

/**
 * The center of `image` ([H, W, channels], 0..255) at `target`, [height, width, channels]. As in Pillow the passes over rows and
 * columns have weights of 22 bits and round to bytes: encoders then see what they saw in torchvision and timm, to the last bit but for a
 * byte in millions. Floats stay floats, and are not rounded.
 */
export function frameImage<Pixels extends Uint8Array | Float32Array>(
  image: PixelImage & { readonly pixels: Pixels },
  target: ImageSize,
  framing: Framing,
): Pixels {
  assertInteger('frameImage', 'height', target.height);
  assertInteger('frameImage', 'width', target.width);
  const channels = checkedChannels('frameImage', image);
  assertFraming('frameImage', framing);
  const crop = framedCrop(image, target, framing);
  const { pixels } = image;
  return (
    pixels instanceof Float32Array
      ? frameFloats({ ...image, channels }, target, framing, crop)
      : frameBytes({ ...image, channels, pixels }, target, framing, crop)
  ) as Pixels;
}

function frameFloats(
  image: Channeled<Uint8Array | Float32Array>,
  target: ImageSize,
  { interpolation }: Framing,
  { resized, top, left }: FramedCrop,
): Float32Array {
  return resample(image, fullView(image), { ...resized, interpolation, window: { top, left, ...target } });
}

interface Channeled<Pixels> extends ImageSize {
  readonly channels: number;
  readonly pixels: Pixels;
}

function frameBytes(
  image: Channeled<Uint8Array>,
  target: ImageSize,
  framing: Framing,
  { resized, top, left }: FramedCrop,
): Uint8Array {
  const { channels } = image;
  const { interpolation } = framing;
  const columns = fixedWeights(
    resamplingWeights(image.width, resized.width, interpolation, { start: left, count: target.width }),
  );
  const rows = fixedWeights(
    resamplingWeights(image.height, resized.height, interpolation, { start: top, count: target.height }),
  );
  const begin = rows.first[0]!;
  const end = rows.first.at(-1)! + rows.taps;
  const rowLength = channels * image.width;
  const resizeRows = channels === 3 ? resizeColorRows : resizeAnyRows;
  const narrow = resizeRows(image.pixels.subarray(begin * rowLength, end * rowLength), rowLength, columns, channels);
  return resizeColumns(narrow, channels * target.width, rows, begin);
}

interface FixedWeights {
  readonly taps: number;
  /** [count] */
  readonly first: Int32Array;
  /** [count, taps], times 2^22. */
  readonly weights: Int32Array;
}

function fixedWeights({ taps, first, weights }: ResamplingWeights): FixedWeights {
  const fixed = Int32Array.from(
    weights,
    (weight) => Math.sign(weight) * Math.floor(Math.abs(weight) * 2 ** precision + 0.5),
  );
  return { taps, first, weights: fixed };
}

/** `resizeAnyRows` of RGB, with the three sums in registers. */
function resizeColorRows(pixels: Uint8Array, rowLength: number, { taps, first, weights }: FixedWeights): Uint8Array {
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

/** [rows, W, channels] -> [rows, width, channels] */
function resizeAnyRows(
  pixels: Uint8Array,
  rowLength: number,
  { taps, first, weights }: FixedWeights,
  channels: number,
): Uint8Array {
  const rowCount = pixels.length / rowLength;
  const result = new Uint8Array(rowCount * first.length * channels);
  let written = 0;
  for (let start = 0; start < pixels.length; start += rowLength) {
    for (let x = 0; x < first.length; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        let source = start + channels * first[x]! + channel;
        for (let tap = x * taps; tap < (x + 1) * taps; tap++, source += channels)
          sum += weights[tap]! * pixels[source]!;
        result[written++] = byteOf(sum);
      }
    }
  }
  return result;
}

/** [rows, width, channels], the first of which is row `begin` of the source -> [height, width, channels] */
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
