// Reads the files in which the authors of SemMAE published part maps: one `.npy` of shape [196, 207] per image.

import { bufferSource, openTensorFile } from '@semmae/checkpoints/browser';
import { createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';

const grid = createPatchGrid(28, 28);
const patchSize = 8;
const partCount = 7;
const keptCount = 196; // a quarter of the 784 patches
const patchValues = patchSize * patchSize * 3;
const columns = {
  oneHot: partCount,
  index: 2 * partCount,
  pixels: 2 * partCount + 1,
  count: 2 * partCount + 1 + patchValues,
};

export interface PatchTensor {
  /** 28 x 28 patches of 8 x 8 pixels: an image of 224 x 224. */
  grid: PatchGrid;
  /** 7. The authors never said what each of them is, nor which is "none". */
  partCount: number;
  /** Part of every patch, [784]: 1..7 for the 196 kept ones, in the order of the columns, 0 for those that were dropped. */
  parts: Uint8Array;
  /** Grid index of the kept patches, [196], by descending attention. */
  order: Int32Array;
  /** Pixels as they are in the file, [H, W, 3]; see `pixelLayout`. */
  pixels: Float32Array;
  height: number;
  width: number;
}

export interface ReadPatchTensorOptions {
  /** For messages, a path for instance. Default 'the file'. */
  name?: string;
  /**
   * 'glued': 112 x 112, the kept patches in the order of the file, 14 a row, which the authors' models are fed.
   * 'full': 224 x 224, each where it was in the image, zeros where it was dropped. Default 'glued'.
   */
  pixelLayout?: 'glued' | 'full';
}

/**
 * The part map in the bytes of one such file. Columns 0-6 hold the count of each part (the same in all rows), 7-13 the part of
 * the patch as one-hot, 14 its index in the 28 x 28 grid, 15-206 its pixels by row, column and channel.
 *
 * Rejects with a SemmaeError that names file and row when any of this does not hold.
 */
export async function readPatchTensor(bytes: Uint8Array, options: ReadPatchTensorOptions = {}): Promise<PatchTensor> {
  const { name = 'the file', pixelLayout = 'glued' } = options;
  const values = await readValues(bytes, name);
  const rows = Array.from({ length: keptCount }, (_, row) =>
    values.subarray(row * columns.count, (row + 1) * columns.count),
  );
  const order = Int32Array.from(rows, (row, index) => gridIndexOf(row, `row ${index} of ${name}`));
  assertDistinct(name, order);
  const partOfRow = rows.map((row, index) => partOf(row, `row ${index} of ${name}`));
  assertCounts(name, rows, partOfRow);
  const parts = new Uint8Array(grid.patchCount);
  for (const [row, index] of order.entries()) parts[index] = partOfRow[row]!;
  return { grid, partCount, parts, order, ...layPixels(rows, order, pixelLayout) };
}

/** [196, 207], row-major. */
async function readValues(bytes: Uint8Array, name: string): Promise<Float32Array | Float64Array> {
  const file = await openTensorFile(bufferSource(bytes, name));
  const array = file.container === 'npy' ? file.entries.get('array') : undefined;
  if (array === undefined) throw problem(name, 'be a .npy file', `one of ${file.container}`);
  const { shape, dtype } = array;
  if (shape.length !== 2 || shape[0] !== keptCount || shape[1] !== columns.count) {
    throw problem(name, `be of shape [${keptCount}, ${columns.count}]`, shape);
  }
  const values = await file.read('array');
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  throw problem(name, 'hold floating-point numbers', dtype);
}

function gridIndexOf(row: ArrayLike<number>, where: string): number {
  const index = row[columns.index]!;
  if (Number.isInteger(index) && index >= 0 && index < grid.patchCount) return index;
  throw problem(where, `have an index of 0..${grid.patchCount - 1} in column ${columns.index}`, index);
}

function assertDistinct(name: string, order: Int32Array): void {
  const repeated = order.find((index, row) => order.indexOf(index) !== row);
  if (repeated !== undefined) throw problem(name, 'keep every patch once', `patch ${repeated} again`);
}

/** 1..7. */
function partOf(row: Float32Array | Float64Array, where: string): number {
  const oneHot = [...row.subarray(columns.oneHot, columns.index)];
  const part = oneHot.indexOf(1) + 1;
  if (part > 0 && oneHot.every((value, column) => value === Number(column === part - 1))) return part;
  throw problem(where, `be one-hot in columns ${columns.oneHot}-${columns.index - 1}`, oneHot);
}

function assertCounts(
  name: string,
  rows: readonly (Float32Array | Float64Array)[],
  partOfRow: readonly number[],
): void {
  const counted = Array.from(
    { length: partCount },
    (_, part) => partOfRow.filter((other) => other === part + 1).length,
  );
  for (const [index, row] of rows.entries()) {
    const counts = [...row.subarray(0, partCount)];
    if (counts.every((count, part) => count === counted[part])) continue;
    throw problem(`row ${index} of ${name}`, `count ${counted.join(', ')} patches of each part`, counts);
  }
}

function layPixels(
  rows: readonly (Float32Array | Float64Array)[],
  order: Int32Array,
  layout: 'glued' | 'full',
): Pick<PatchTensor, 'pixels' | 'height' | 'width'> {
  const gridColumns = layout === 'full' ? grid.columns : Math.sqrt(keptCount);
  const side = patchSize * gridColumns;
  const pixels = new Float32Array(side * side * 3);
  for (const [row, values] of rows.entries()) {
    const place = layout === 'full' ? order[row]! : row;
    const [top, left] = [patchSize * Math.floor(place / gridColumns), patchSize * (place % gridColumns)];
    for (let y = 0; y < patchSize; y++) {
      const start = columns.pixels + 3 * patchSize * y;
      pixels.set(values.subarray(start, start + 3 * patchSize), 3 * ((top + y) * side + left));
    }
  }
  return { pixels, height: side, width: side };
}

function problem(name: string, rule: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where: 'readPatchTensor',
    requirement: `${name} must ${rule}`,
    got,
    remedy: 'only the [196, 207] files of SemMAE with 8 x 8 patches are known',
  });
}
