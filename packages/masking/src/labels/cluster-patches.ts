// k-means over the patches of one image.

import { assertInteger, assertRange, kMeans, type PatchGrid, type Rng } from '@semmae/core';

export interface ClusterOptions {
  /** Clusters, from 1 to 255 and at most one per patch. Fewer ids are used where patches are alike. */
  partCount: number;
  /** Draws the first centers. */
  rng: Rng;
  /** Most rounds; clustering ends earlier once nothing improves. Default 20. */
  iterations?: number;
}

/** [N] cluster of each patch, 1 to `partCount`, from points [N, D]. */
export function clusterPatches(
  where: string,
  points: Float32Array,
  { patchCount }: PatchGrid,
  { partCount, rng, iterations = 20 }: ClusterOptions,
): Uint8Array {
  assertInteger(where, 'partCount', partCount);
  assertRange(where, 'partCount', partCount, 1, Math.min(255, patchCount));
  const { labels } = kMeans({
    points,
    dimensions: points.length / patchCount,
    clusterCount: partCount,
    rng: rng.split(rng.integer(2 ** 32)), // images that share a stream do not start alike
    restarts: 1,
    iterations,
    tolerance: 0,
  });
  return labels.map((cluster) => cluster + 1);
}
