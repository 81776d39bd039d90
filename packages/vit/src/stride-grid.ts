// The grid of patches that may overlap.

import { assertInteger, createPatchGrid, type PatchGrid, patchGridOfImage, SemmaeError } from '@semmae/core';

export interface StrideGridOptions {
  /** Pixels. */
  height: number;
  /** Pixels. */
  width: number;
  patchSize: number;
  /** Pixels from one patch to the next: `patchSize`, or less by an even number. */
  stride: number;
}

/** (height / stride) x (width / stride) patches; those that reach over the border are filled up with mirrored pixels. */
export function strideGrid(where: string, { height, width, patchSize, stride }: StrideGridOptions): PatchGrid {
  if (stride === patchSize) return patchGridOfImage({ height, width, patchSize });
  assertInteger(where, 'height', height);
  assertInteger(where, 'width', width);
  if (height % stride === 0 && width % stride === 0) return createPatchGrid(height / stride, width / stride);
  throw new SemmaeError({
    where,
    requirement: `a patch stride of ${stride} pixels must divide both sides of the image`,
    got: `${height}x${width}`,
    remedy: 'resize the images or choose another stride',
  });
}

/** Checks that `stride` leaves the same whole number of pixels to mirror at either border. */
export function assertStride(where: string, patchSize: number, stride: number): void {
  assertInteger(where, 'patchSize', patchSize);
  assertInteger(where, 'patchStride', stride);
  if (stride <= patchSize && (patchSize - stride) % 2 === 0) return;
  throw new SemmaeError({
    where,
    requirement: `patchStride must be at most patchSize (${patchSize}) and differ from it by an even number`,
    got: stride,
    remedy: 'half the patch size is the usual choice',
  });
}
