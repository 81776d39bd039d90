// k-means over the patches of one image: few points, so plain Lloyd rounds from k-means++ centers.

import { assertInteger, assertRange, type Rng, SemmaeError } from '@semmae/core';

export interface ClusterOptions {
  /** Clusters, from 1 to 255 and at most one per patch. Fewer ids are used where patches are alike. */
  partCount: number;
  /** Draws the first centers. */
  rng: Rng;
  /** Most rounds; clustering ends earlier once no patch moves. Default 20. */
  iterations?: number;
}

/**
 * [N] cluster of each patch, 1 to `partCount`, from points [N, D].
 *
 * Reference: Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
 */
export function clusterPatches(
  where: string,
  points: Float32Array,
  patchCount: number,
  { partCount, rng, iterations = 20 }: ClusterOptions,
): Uint8Array {
  assertInteger(where, 'partCount', partCount);
  assertRange(where, 'partCount', partCount, 1, Math.min(255, patchCount));
  assertInteger(where, 'iterations', iterations);
  assertFinite(where, points, points.length / patchCount);

  const dimensions = points.length / patchCount;
  const parts = new Uint8Array(patchCount);
  const distances = new Float64Array(patchCount); // squared, to the nearest center
  const centers = firstCenters(points, dimensions, partCount, rng, distances);
  for (let round = 0; round < iterations; round++) {
    if (!moveToNearest(points, centers, dimensions, parts, distances)) break;
    moveCenters(points, centers, dimensions, parts, distances);
  }
  return parts;
}

/** [P, D] points drawn with odds of their squared distance to the centers before them. */
function firstCenters(points: Float32Array, dimensions: number, count: number, rng: Rng, distances: Float64Array) {
  const centers = new Float64Array(count * dimensions);
  let chosen = rng.integer(distances.length);
  distances.fill(Number.POSITIVE_INFINITY);
  for (let part = 0; part < count; part++) {
    for (let d = 0; d < dimensions; d++) centers[part * dimensions + d] = points[chosen * dimensions + d]!;
    let total = 0;
    for (let patch = 0; patch < distances.length; patch++) {
      distances[patch] = Math.min(distances[patch]!, squaredDistance(points, patch, centers, part, dimensions));
      total += distances[patch]!;
    }
    let left = rng.uniform() * total;
    for (chosen = 0; chosen < distances.length - 1; chosen++) {
      left -= distances[chosen]!;
      if (left < 0) break;
    }
  }
  return centers;
}

/** Gives every patch the nearest center, the lower id among equals; false when none moved. */
function moveToNearest(
  points: Float32Array,
  centers: Float64Array,
  dimensions: number,
  parts: Uint8Array,
  distances: Float64Array,
): boolean {
  let moved = false;
  for (let patch = 0; patch < parts.length; patch++) {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let part = 0; part * dimensions < centers.length; part++) {
      const distance = squaredDistance(points, patch, centers, part, dimensions);
      if (distance >= least) continue;
      least = distance;
      nearest = part;
    }
    distances[patch] = least;
    if (parts[patch] === nearest + 1) continue;
    parts[patch] = nearest + 1;
    moved = true;
  }
  return moved;
}

/** Moves each center to the mean of its patches, and one without patches to the patch farthest from its own center. */
function moveCenters(
  points: Float32Array,
  centers: Float64Array,
  dimensions: number,
  parts: Uint8Array,
  distances: Float64Array,
): void {
  const counts = new Int32Array(centers.length / dimensions);
  centers.fill(0);
  parts.forEach((part, patch) => {
    counts[part - 1]! += 1;
    for (let d = 0; d < dimensions; d++) centers[(part - 1) * dimensions + d]! += points[patch * dimensions + d]!;
  });
  counts.forEach((count, part) => {
    const start = part * dimensions;
    if (count > 0) {
      for (let d = 0; d < dimensions; d++) centers[start + d]! /= count;
      return;
    }
    const farthest = distances.indexOf(Math.max(...distances));
    for (let d = 0; d < dimensions; d++) centers[start + d] = points[farthest * dimensions + d]!;
    distances[farthest] = 0; // the next empty cluster takes another patch
  });
}

function squaredDistance(
  points: Float32Array,
  patch: number,
  centers: Float64Array,
  part: number,
  dimensions: number,
): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) {
    const difference = points[patch * dimensions + d]! - centers[part * dimensions + d]!;
    sum += difference * difference;
  }
  return sum;
}

function assertFinite(where: string, points: Float32Array, dimensions: number): void {
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new SemmaeError({
    where,
    requirement: 'values must be finite',
    got: `${points[bad]} at patch ${Math.floor(bad / dimensions)}`,
    remedy: 'look for a division by zero or a diverged model where they are made',
  });
}
