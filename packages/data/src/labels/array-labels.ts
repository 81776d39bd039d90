// Labels in a .npy file.

import { numpyArray } from '../pixels/numpy-pixels';
import { assertPixelLimit } from '../pixels/stored-numbers';
import { Undecodable } from '../pixels/undecodable';
import type { StoredLabels } from './label-ids';

/** Throws Undecodable for what is no [H, W] of integers, and for damaged files. */
export async function arrayLabels(bytes: Uint8Array, pixelLimit: number): Promise<StoredLabels> {
  const { dtype, shape, read } = await numpyArray(bytes);
  const plane = shape.length === 3 ? shape.filter((extent, axis) => extent !== 1 || axis === 1) : shape;
  const [height = 0, width = 0] = plane;
  if (plane.length !== 2 || height * width === 0 || /F/.test(dtype)) {
    throw new Undecodable('unsupported format', `an array of ${dtype} [${shape}]: labels are [H, W] of integers`);
  }
  assertPixelLimit({ height, width, bands: 1 }, pixelLimit);
  return { height, width, bands: 1, values: await read(), opaque: 0, orientation: 1 };
}
