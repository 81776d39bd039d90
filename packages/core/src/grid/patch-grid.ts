// The grid of patches that an image is cut into. Rows and columns may differ everywhere in this repository.

import { assertInteger } from '../checks';
import { SemmaeError } from '../semmae-error';
import { assertPatchSize, type PatchSize, patchSides, patchSizeText } from './patch-size';

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

/** The grid that patches of `patchSize` pixels make of an image; its sides must be multiples of those of a patch. */
export function patchGridOfImage({
  height,
  width,
  patchSize,
}: {
  height: number;
  width: number;
  patchSize: PatchSize;
}): PatchGrid {
  assertInteger('patchGridOfImage', 'height', height);
  assertInteger('patchGridOfImage', 'width', width);
  assertPatchSize('patchGridOfImage', 'patchSize', patchSize);
  const patch = patchSides(patchSize);
  if (height % patch.height !== 0 || width % patch.width !== 0) {
    throw new SemmaeError({
      where: 'patchGridOfImage',
      requirement: `patches of ${patchSizeText(patchSize)} pixels must divide both sides of the image`,
      got: `${height}x${width}`,
      remedy: `resize to ${roundTo(height, patch.height)}x${roundTo(width, patch.width)} or choose another patch size`,
    });
  }
  return createPatchGrid(height / patch.height, width / patch.width);
}

function roundTo(side: number, patchSide: number): number {
  return Math.max(1, Math.round(side / patchSide)) * patchSide;
}
