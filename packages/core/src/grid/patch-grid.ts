// The grid of patches that an image is cut into. Rows and columns may differ everywhere in this repository.

import { assertInteger } from '../checks';
import { SemmaeError } from '../semmae-error';

/** `rows` x `columns` patches in row-major order: patch `p` lies in row `floor(p / columns)`, column `p % columns`. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  /** N = rows * columns. The class token is never counted: masks speak patches, not tokens. */
  readonly patchCount: number;
}

/** A grid of `rows` x `columns` patches, both at least 1. */
export function createPatchGrid(rows: number, columns: number): PatchGrid {
  assertInteger('createPatchGrid', 'rows', rows);
  assertInteger('createPatchGrid', 'columns', columns);
  return { rows, columns, patchCount: rows * columns };
}

/** The grid that square patches of `patchSize` pixels make of an image; both sides must be multiples of the patch size. */
export function patchGridOfImage({
  height,
  width,
  patchSize,
}: {
  height: number;
  width: number;
  patchSize: number;
}): PatchGrid {
  assertInteger('patchGridOfImage', 'height', height);
  assertInteger('patchGridOfImage', 'width', width);
  assertInteger('patchGridOfImage', 'patchSize', patchSize);
  if (height % patchSize !== 0 || width % patchSize !== 0) {
    throw new SemmaeError({
      where: 'patchGridOfImage',
      requirement: `patches of ${patchSize} pixels must divide both sides of the image`,
      got: `${height}x${width}`,
      remedy: `resize to ${roundTo(height, patchSize)}x${roundTo(width, patchSize)} or choose another patch size`,
    });
  }
  return createPatchGrid(height / patchSize, width / patchSize);
}

function roundTo(side: number, patchSize: number): number {
  return Math.max(1, Math.round(side / patchSize)) * patchSize;
}
