// The place of a patch in its image, or in the object there, as a few channels beside its token.

import { assertRange, type PatchGrid } from '@semmae/core';

import { imageFrame, type PlaceFrame } from './place-frame';

const frequencies = [1, 2, 3];

/** Places further outside the frame than this, in sides of the frame, are moved to this distance. */
const margin = 0.2;

/** Channels of `placeCode`. */
export const placeCodeWidth = 2 * frequencies.length;

/**
 * `weight` times cos(k pi y), cos(k pi x) for k = 1, 2, 3, where y and x run from 0 to 1 across `frame` and no further than 0.2 beyond
 * it: [N * 6], row-major. The default frame is from the first row and column to the last: the same code for every image, and for
 * mirror images too. `objectFrame` gives that of an object.
 */
export function placeCode(grid: PatchGrid, weight: number, frame: PlaceFrame = imageFrame(grid)): Float32Array {
  assertRange('placeCode', 'weight', weight, 0, Number.MAX_VALUE);
  const { columns, patchCount } = grid;
  const code = new Float32Array(patchCount * placeCodeWidth);
  for (let patch = 0; patch < patchCount; patch++) {
    const y = within((Math.floor(patch / columns) - frame.top) / frame.height);
    const x = within(((patch % columns) - frame.left) / frame.width);
    const channels = frequencies.flatMap((k) => [Math.cos(k * Math.PI * y), Math.cos(k * Math.PI * x)]);
    code.set(
      channels.map((value) => weight * value),
      patch * placeCodeWidth,
    );
  }
  return code;
}

function within(place: number): number {
  return Math.min(1 + margin, Math.max(-margin, place));
}
