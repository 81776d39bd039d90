// Baseline: parts by chance.

import { assertInteger, assertOneOf, assertRange, type PatchGrid, type Rng } from '@semmae/core';

export interface RandomPartsOptions {
  grid: PatchGrid;
  partCount: number;
  /** Draws one image; pass another stream for each, such as `rng.split(index)`. */
  rng: Rng;
  /**
   * `patches`: every patch draws its part. `blocks`: P random points claim the patches nearest to them (Voronoi cells), as
   * compact as real parts are, but with ids that mean nothing from image to image. Default 'patches'.
   */
  shape?: 'patches' | 'blocks';
}

/** Parts 1 .. P of one image, [N]. With few patches a part may get none. */
export function randomParts({ grid, partCount, rng, shape = 'patches' }: RandomPartsOptions): Uint8Array {
  assertInteger('randomParts', 'partCount', partCount);
  assertRange('randomParts', 'partCount', partCount, 1, 255);
  assertOneOf('randomParts', 'shape', shape, ['patches', 'blocks']);
  if (shape === 'patches') return Uint8Array.from({ length: grid.patchCount }, () => 1 + rng.integer(partCount));
  const sites = Array.from(
    { length: partCount },
    () => [rng.uniform() * grid.columns, rng.uniform() * grid.rows] as const,
  );
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const [x, y] = [(patch % grid.columns) + 0.5, Math.floor(patch / grid.columns) + 0.5];
    const distances = sites.map(([siteX, siteY]) => (siteX - x) ** 2 + (siteY - y) ** 2);
    return 1 + distances.indexOf(Math.min(...distances));
  });
}
