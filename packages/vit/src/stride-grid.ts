// The grid of patches that may overlap.

import {
  assertInteger,
  assertPatchSize,
  createPatchGrid,
  type PatchGrid,
  type PatchSize,
  patchGridOfImage,
  patchSides,
  patchSizeText,
  SemmaeError,
} from '@semmae/core';

export interface StrideGridOptions {
  /** Pixels. */
  height: number;
  /** Pixels. */
  width: number;
  patchSize: PatchSize;
  /** Pixels from one patch to the next: `patchSize`, or less by an even number. */
  patchStride: PatchSize;
}

/** (height / stride) x (width / stride) patches; those that reach over the border are filled up with mirrored pixels. */
export function strideGrid(where: string, { height, width, patchSize, patchStride }: StrideGridOptions): PatchGrid {
  if (!overlaps(patchSize, patchStride)) return patchGridOfImage({ height, width, patchSize });
  const stride = patchSides(patchStride);
  assertInteger(where, 'height', height);
  assertInteger(where, 'width', width);
  if (height % stride.height === 0 && width % stride.width === 0)
    return createPatchGrid(height / stride.height, width / stride.width);
  throw new SemmaeError({
    where,
    requirement: `a patch stride of ${patchSizeText(patchStride)} pixels must divide both sides of the image`,
    got: `${height}x${width}`,
    remedy: 'resize the images or choose another stride',
  });
}

/** Whether the next patch begins before the last one ends, along either axis. */
export function overlaps(patchSize: PatchSize, patchStride: PatchSize): boolean {
  const [patch, stride] = [patchSides(patchSize), patchSides(patchStride)];
  return stride.height !== patch.height || stride.width !== patch.width;
}

/** Checks that the stride leaves the same whole number of pixels to mirror at either border. */
export function assertStride(where: string, patchSize: PatchSize, patchStride: PatchSize): void {
  assertPatchSize(where, 'patchSize', patchSize);
  assertPatchSize(where, 'patchStride', patchStride);
  const [patch, stride] = [patchSides(patchSize), patchSides(patchStride)];
  const fits = (side: 'height' | 'width') => stride[side] <= patch[side] && (patch[side] - stride[side]) % 2 === 0;
  if (fits('height') && fits('width')) return;
  throw new SemmaeError({
    where,
    requirement: `patchStride must be at most patchSize (${patchSizeText(patchSize)}) and differ from it by an even number`,
    got: patchSizeText(patchStride),
    remedy: 'half the patch size is the usual choice',
  });
}
