// Where k-means starts.

import type { Rng } from '../rng';
import { nearestCenters } from './nearest-centers';

/**
 * k-means++: each further center is a point drawn with odds of its squared distance to the centers so far. [P * D].
 *
 * Reference: Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
 */
export function firstCenters(points: Float32Array, dimensions: number, clusterCount: number, rng: Rng): Float64Array {
  const rows = points.length / dimensions;
  const centers = new Float64Array(clusterCount * dimensions);
  const labels = new Uint8Array(rows);
  const least = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const distances = new Float64Array(rows);
  let chosen = rng.integer(rows);
  for (let cluster = 0; ; cluster++) {
    const center = Float64Array.from(points.subarray(chosen * dimensions, (chosen + 1) * dimensions));
    centers.set(center, cluster * dimensions);
    if (cluster + 1 === clusterCount) return centers;
    nearestCenters(points, dimensions, center, labels, distances);
    let total = 0;
    for (let row = 0; row < rows; row++) total += least[row] = Math.min(least[row]!, distances[row]!);
    let left = rng.uniform() * total;
    chosen = least.findIndex((distance) => {
      left -= distance;
      return distance > 0 && left <= 0;
    });
    // Fewer distinct points than clusters, or the last bit of the sum.
    if (chosen < 0) chosen = rng.integer(rows);
  }
}
