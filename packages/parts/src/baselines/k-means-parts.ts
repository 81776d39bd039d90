// Baseline: clusters of patch features are parts.

import { assertInteger, assertLength, kMeans, type PatchGrid, type Rng, SemmaeError, stackRows } from '@semmae/core';

export interface KMeansPartsOptions {
  /** Patch features of each training image, [N * D]. */
  features: readonly Float32Array[];
  /** D. */
  dimensions: number;
  grid: PatchGrid;
  partCount: number;
  rng: Rng;
  /** Default 'euclidean'. */
  distance?: 'euclidean' | 'cosine';
  /** Runs of k-means, of which the best is kept. Default 3. */
  restarts?: number;
}

/** Parts by clusters that were found on training images. */
export interface ClusterParts<Image> {
  /** Part 1 .. P of every patch of an image, seen in training or not: [N]. Background is a cluster too: see `cutBackground`. */
  assign(image: Image): Uint8Array;
  /** Sum of squared distances of the training points to their centers. */
  inertia: number;
}

/** k-means over the patches of all images together, so that a part means the same in every image. */
export function kMeansParts(options: KMeansPartsOptions): ClusterParts<Float32Array> {
  const { features, dimensions, grid, partCount, rng, distance, restarts } = options;
  assertInteger('kMeansParts', 'dimensions', dimensions);
  if (features.length === 0) {
    throw new SemmaeError({ where: 'kMeansParts', requirement: 'there must be training images', got: 'none' });
  }
  const size = grid.patchCount * dimensions;
  for (const [index, image] of features.entries()) assertImage(image, index);
  const { assign, inertia } = kMeans({
    points: stackRows(features),
    dimensions,
    clusterCount: partCount,
    rng,
    distance,
    restarts,
  });
  return {
    inertia,
    assign(image) {
      assertImage(image);
      return assign(image).map((cluster) => cluster + 1);
    },
  };

  function assertImage(image: Float32Array, index?: number): void {
    const where = index === undefined ? 'kMeansParts' : `kMeansParts, image ${index}`;
    const remedy = `${grid.rows}x${grid.columns} patches of ${dimensions} values, without the class token`;
    assertLength(where, 'features', image, size, remedy);
  }
}
