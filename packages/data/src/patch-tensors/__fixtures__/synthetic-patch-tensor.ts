// Files in the layout of SemMAE's authors, with made-up content.

import { type NpyType, npyHeader } from '@semmae/checkpoints';
import { createRng } from '@semmae/core';

export interface SyntheticPatchTensor {
  /** Row-major [196, 207]. */
  values: Float64Array;
  /** Grid index of each row. */
  order: number[];
  /** Part of each row, 1..7. */
  parts: number[];
}

export function syntheticPatchTensor(seed: number): SyntheticPatchTensor {
  const rng = createRng(seed);
  const order = [...rng.permutation(784).subarray(0, 196)];
  const parts = order.map(() => 1 + rng.integer(7));
  const counts = Array.from({ length: 7 }, (_, part) => parts.filter((other) => other === part + 1).length);
  const rows = order.map((index, row) => [
    ...counts,
    ...counts.map((_, part) => Number(parts[row] === part + 1)),
    index,
    ...Array.from({ length: 192 }, (_, value) => pixelOf(index, value)),
  ]);
  return { values: Float64Array.from(rows.flat()), order, parts };
}

/** A pixel value that tells where in the image of 224 x 224 it belongs: 3 * (224 * y + x) + channel. */
function pixelOf(index: number, value: number): number {
  const y = 8 * Math.floor(index / 28) + Math.floor(value / 24);
  const x = 8 * (index % 28) + (Math.floor(value / 3) % 8);
  return 3 * (224 * y + x) + (value % 3);
}

/** The bytes of a `.npy` file of format 1.0. */
export function encodeNpy(
  values: Float64Array,
  [rows, columns]: readonly [number, number],
  format: { type: NpyType; columnMajor: boolean },
): Uint8Array {
  const stored = format.columnMajor
    ? Float64Array.from(values, (_, place) => values[(place % rows) * columns + Math.floor(place / rows)]!)
    : values;
  const data = new Uint8Array((format.type === '<f4' ? Float32Array.from(stored) : stored.slice()).buffer);
  return Buffer.concat([npyHeader([rows, columns], format), data]);
}
