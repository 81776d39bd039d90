// Part ids from patch features: the patches of one image, clustered by what an encoder says of them.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { type ClusterOptions, clusterPatches } from './cluster-patches';

/**
 * [N] for `context.parts`: k-means over the features [N, D] of one image, ids 1 to `partCount`. Ids mean nothing from
 * one image to the next, which masking does not need; clusters over a data set are `kMeansParts` of @semmae/parts.
 */
export function partsFromFeatures(features: Float32Array, grid: PatchGrid, options: ClusterOptions): Uint8Array {
  const { patchCount } = grid;
  if (features.length === 0 || features.length % patchCount !== 0) {
    throw new SemmaeError({
      where: 'partsFromFeatures',
      requirement: `features must hold equally many values for each of ${patchCount} patches`,
      got: `${features.length} values`,
      remedy: 'pass the patch tokens of one image, patch after patch, without the class token',
    });
  }
  return clusterPatches('partsFromFeatures', features, grid, options);
}
