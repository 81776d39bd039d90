// Part ids from nothing but pixels: superpixels, made of whole patches.

import { assertRange, type ImageSize, type PatchGrid, pixelPatches } from '@semmae/core';

import { type ClusterOptions, clusterPatches } from './cluster-patches';

export interface PartsFromPixelsOptions extends ClusterOptions {
  /**
   * Weight of place against color: patches a superpixel's side apart differ by this much, black and white by √3.
   * 0 looks at color alone. Default 0.2, the 20 that SLIC uses for colors up to 100.
   */
  compactness?: number;
}

/**
 * [N] for `context.parts`: patches clustered by mean color and place, ids 1 to `partCount`, from RGB pixels [H, W, 3]
 * of 0 to 255.
 *
 * SLIC's distance, with these differences: whole patches in RGB instead of pixels in CIELAB, every center is compared
 * with the whole image, centers start from k-means++, and nothing joins pieces of a superpixel that lie apart.
 *
 * Reference: Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", TPAMI 2012.
 */
export function partsFromPixels(
  pixels: Uint8Array | Uint8ClampedArray,
  size: ImageSize,
  grid: PatchGrid,
  { compactness = 0.2, ...options }: PartsFromPixelsOptions,
): Uint8Array {
  assertRange('partsFromPixels', 'compactness', compactness, 0, Number.MAX_VALUE);
  const { rowStart, column } = pixelPatches('partsFromPixels', pixels, size, grid, 3);
  const { patchCount, columns } = grid;
  const points = new Float32Array(patchCount * 5); // red, green, blue, row, column
  const areas = new Int32Array(patchCount);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += 3) {
      const patch = rowStart[y]! + column[x]!;
      for (let channel = 0; channel < 3; channel++) points[patch * 5 + channel]! += pixels[at + channel]! / 255;
      areas[patch]! += 1;
    }
  }
  const perPatch = compactness / Math.sqrt(patchCount / options.partCount); // a superpixel is this many patches wide
  for (let patch = 0; patch < patchCount; patch++) {
    for (let channel = 0; channel < 3; channel++) points[patch * 5 + channel]! /= areas[patch]!;
    points[patch * 5 + 3] = perPatch * Math.floor(patch / columns);
    points[patch * 5 + 4] = perPatch * (patch % columns);
  }
  return clusterPatches('partsFromPixels', points, grid, options);
}
