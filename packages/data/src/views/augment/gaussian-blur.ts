// A Gaussian blur, one axis after the other.

import { assertInteger, assertLength, assertRange } from '@semmae/core';

export interface GaussianBlurOptions {
  height: number;
  width: number;
  /** Default 3. */
  channels?: number;
  /** Standard deviation in pixels: what Pillow calls the radius. */
  radius: number;
}

/** How far the kernel reaches, in standard deviations; 0.3 % of a Gaussian lie beyond. */
const reachInDeviations = 3;

/**
 * Blurs `pixels` [height, width, channels] in place. Beyond the border the outermost pixels repeat. Pillow's
 * `GaussianBlur` approximates this with three box filters; the two differ by some levels of 255.
 */
export function gaussianBlur(
  pixels: Float32Array,
  { height, width, channels = 3, radius }: GaussianBlurOptions,
): Float32Array {
  assertInteger('gaussianBlur', 'height', height);
  assertInteger('gaussianBlur', 'width', width);
  assertInteger('gaussianBlur', 'channels', channels);
  assertLength('gaussianBlur', 'pixels', pixels, height * width * channels);
  assertRange('gaussianBlur', 'radius', radius, Number.MIN_VALUE, 100);
  const half = halfKernel(radius);
  blurRows(pixels, half, { width, channels });
  blurColumns(pixels, half, channels * width);
  return pixels;
}

/** Weights at distances 0, 1, …; the whole symmetric kernel sums to 1. */
function halfKernel(radius: number): Float64Array {
  const reach = Math.ceil(reachInDeviations * radius);
  const half = Float64Array.from({ length: reach + 1 }, (_, distance) => Math.exp(-0.5 * (distance / radius) ** 2));
  const sum = half.reduce((total, weight) => total + 2 * weight, -half[0]!);
  return half.map((weight) => weight / sum);
}

function blurRows(
  pixels: Float32Array,
  half: Float64Array,
  { width, channels }: { width: number; channels: number },
): void {
  const margin = channels * (half.length - 1);
  const length = channels * width;
  const padded = new Float64Array(length + 2 * margin);
  for (let start = 0; start < pixels.length; start += length) {
    padded.set(pixels.subarray(start, start + length), margin);
    for (let item = 0; item < margin; item++) {
      padded[item] = padded[margin + (item % channels)]!;
      padded[margin + length + item] = padded[margin + length - channels + (item % channels)]!;
    }
    const offsets = (distance: number) => [margin - channels * distance, margin + channels * distance] as const;
    filterLine(pixels.subarray(start, start + length), padded, half, offsets);
  }
}

function blurColumns(pixels: Float32Array, half: Float64Array, length: number): void {
  const source = new Float64Array(pixels); // converted once, not once per distance
  const last = pixels.length - length;
  for (let start = 0; start < pixels.length; start += length) {
    const offsets = (distance: number) =>
      [Math.max(0, start - distance * length), Math.min(last, start + distance * length)] as const;
    filterLine(pixels.subarray(start, start + length), source, half, offsets);
  }
}

/** Sums `line.length` neighbors from both `offsets` in `source` at every distance, two distances a pass to save stores. */
function filterLine(
  line: Float32Array,
  source: Float64Array,
  half: Float64Array,
  offsets: (distance: number) => readonly [number, number],
): void {
  const [start] = offsets(0);
  const center = half[0]!;
  for (let item = 0; item < line.length; item++) line[item] = center * source[start + item]!;
  for (let distance = 1; distance < half.length; distance += 2) {
    const [nearBefore, nearAfter] = offsets(distance);
    const near = half[distance]!;
    const [farBefore, farAfter] = distance + 1 < half.length ? offsets(distance + 1) : [start, start];
    const far = half[distance + 1] ?? 0;
    for (let item = 0; item < line.length; item++) {
      line[item] =
        line[item]! +
        near * (source[nearBefore + item]! + source[nearAfter + item]!) +
        far * (source[farBefore + item]! + source[farAfter + item]!);
    }
  }
}
