// Resizes bytes exactly as Pillow does, whose passes over rows and columns have weights of 22 bits and round to bytes.

import type { Interpolation } from '@semmae/core';

import { kernel } from './generated/resize-kernel';
import { resamplingWeights } from './resampling-weights';

/** Weights of one axis in units of 2^-22. */
export interface ByteWeights {
  readonly taps: number;
  /** [target], positions in the image. */
  readonly first: Int32Array;
  /** [target, taps] */
  readonly weights: Int32Array;
}

export interface ByteWeightsOptions {
  /** Position in the image where the source samples begin, in samples or fractions of them. Default 0. */
  offset?: number;
  /** Which target positions are wanted. Default: all. */
  start?: number;
  count?: number;
  /** Whether the last target position comes first. Default false. */
  mirrored?: boolean;
}

/** Those of `resamplingWeights`, rounded as Pillow rounds them. */
export function byteWeights(
  source: number,
  target: number,
  interpolation: Interpolation,
  { offset = 0, start = 0, count = target - start, mirrored = false }: ByteWeightsOptions = {},
): ByteWeights {
  const least = Math.floor(offset + rounding);
  const samples = Math.ceil(offset + source - rounding) - least;
  const stretch = { start, count, samples, shift: offset - least };
  const { taps, first, weights } = resamplingWeights(source, target, interpolation, stretch);
  const rounded = { first: new Int32Array(count), weights: new Int32Array(count * taps) };
  for (let position = 0; position < count; position++) {
    const from = mirrored ? count - 1 - position : position;
    rounded.first[position] = least + first[from]!;
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[from * taps + tap]! * unit;
      rounded.weights[position * taps + tap] = weight < 0 ? Math.ceil(weight - 0.5) : Math.floor(weight + 0.5);
    }
  }
  return { taps, ...rounded };
}

const unit = 2 ** 22;
/** Far less than a sample, and more than what sums of fractions lose: an edge of the image is no place beyond it. */
const rounding = 1e-6;

export interface ByteImage {
  readonly width: number;
  readonly channels: number;
  /** [H, W, channels] */
  readonly pixels: Uint8Array;
}

/** [H, W, channels] to [rows, columns, channels] of the weights. */
export function resizeBytes(
  { width, channels, pixels }: ByteImage,
  rows: ByteWeights,
  columns: ByteWeights,
  into = new Uint8Array(rows.first.length * columns.first.length * channels),
): Uint8Array<ArrayBuffer> {
  const [top, bottom] = extent(rows);
  const [left, right] = extent(columns);
  const stride = (right - left) * channels;
  const bandRows = Math.max(1, Math.min(bottom - top, Math.floor(bandBytes / stride)));
  const narrowStride = columns.first.length * channels;
  const place = layOut({
    columnsFirst: 4 * columns.first.length,
    columnsWeights: 4 * columns.weights.length,
    rowsFirst: 4 * rows.first.length,
    rowsWeights: 4 * rows.weights.length,
    band: bandRows * stride,
    narrow: (bottom - top) * narrowStride,
    result: into.length,
  });
  const bytes = new Uint8Array(exports.memory.buffer);
  const words = new Int32Array(exports.memory.buffer);
  for (let x = 0; x < columns.first.length; x++) words[place.columnsFirst / 4 + x] = columns.first[x]! - left;
  words.set(columns.weights, place.columnsWeights / 4);
  words.set(rows.first, place.rowsFirst / 4);
  words.set(rows.weights, place.rowsWeights / 4);
  for (let y = top; y < bottom; y += bandRows) {
    const count = Math.min(bandRows, bottom - y);
    for (let row = 0; row < count; row++) {
      const start = ((y + row) * width + left) * channels;
      bytes.set(pixels.subarray(start, start + stride), place.band + row * stride);
    }
    exports.resizeRows(
      ...([place.band, stride, count, channels] as const),
      ...([place.columnsFirst, place.columnsWeights, columns.taps, columns.first.length] as const),
      place.narrow + (y - top) * narrowStride,
    );
  }
  exports.resizeColumns(
    ...([place.narrow, narrowStride, top] as const),
    ...([place.rowsFirst, place.rowsWeights, rows.taps, rows.first.length] as const),
    place.result,
  );
  into.set(bytes.subarray(place.result, place.result + into.length));
  return into;
}

/** Rows are brought to their width in bands of about this size, so that large images need no copy of their own. */
const bandBytes = 2 ** 20;
/** The kernel reads and writes whole vectors beyond the end of an array. */
const spare = 16;

function extent({ first, taps }: ByteWeights): [least: number, end: number] {
  const [a, b] = [first[0]!, first.at(-1)!];
  return [Math.min(a, b), Math.max(a, b) + taps];
}

/** Places for arrays of so many bytes one behind the other, in a memory that is large enough for them. */
function layOut<Name extends string>(lengths: Record<Name, number>): Record<Name, number> {
  let end = 0;
  const entries = Object.entries<number>(lengths).map(([name, length]) => {
    const start = end;
    end += Math.ceil((length + spare) / 16) * 16;
    return [name, start];
  });
  const missing = end - exports.memory.buffer.byteLength;
  if (missing > 0) exports.memory.grow(Math.ceil(missing / 2 ** 16));
  return Object.fromEntries(entries);
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resizeRows(
    ...[source, stride, rowCount, channels, first, weights, taps, width, target]: readonly [
      ...[number, number, number, number],
      ...[number, number, number, number, number],
    ]
  ): void;
  resizeColumns(
    ...[source, rowLength, begin, first, weights, taps, height, target]: readonly [
      ...[number, number, number, number],
      ...[number, number, number, number],
    ]
  ): void;
}

/** What is used of WebAssembly, which the types of Node leave out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Kernel };
};

const wasm = new WebAssembly.Module(Uint8Array.from(atob(kernel), (letter) => letter.charCodeAt(0)));
const { exports } = new WebAssembly.Instance(wasm);
