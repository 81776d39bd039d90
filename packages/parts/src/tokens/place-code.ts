// Where a patch stands in its image, as a few channels beside its token.

import { assertRange, type PatchGrid } from '@semmae/core';

const frequencies = [1, 2, 3];

/** Channels of `placeCode`. */
export const placeCodeWidth = 2 * frequencies.length;

/**
 * `weight` times cos(k pi y), cos(k pi x) for k = 1, 2, 3, where y and x run from 0 in the first row and column to 1 in the last:
 * [N * 6], row-major. The same for every image, and for mirror images too: it is the place in the image that is fed.
 */
export function placeCode({ rows, columns, patchCount }: PatchGrid, weight: number): Float32Array {
  assertRange('placeCode', 'weight', weight, 0, Number.MAX_VALUE);
  const code = new Float32Array(patchCount * placeCodeWidth);
  for (let patch = 0; patch < patchCount; patch++) {
    const y = Math.floor(patch / columns) / Math.max(1, rows - 1);
    const x = (patch % columns) / Math.max(1, columns - 1);
    const channels = frequencies.flatMap((k) => [Math.cos(k * Math.PI * y), Math.cos(k * Math.PI * x)]);
    code.set(
      channels.map((value) => weight * value),
      patch * placeCodeWidth,
    );
  }
  return code;
}
