// The inner loop of k-means: which center each point is nearest to.

/**
 * Writes the nearest center of each point into `labels` [R] (ties: the lowest) and its squared distance into `distances` [R].
 * `points` [R * D]; `centers` [P * D].
 */
export function nearestCenters(
  points: Float32Array,
  dimensions: number,
  centers: Float64Array,
  labels: Uint8Array,
  distances: Float64Array,
): void {
  const clusterCount = centers.length / dimensions;
  const norms = Float64Array.from({ length: clusterCount }, (_, cluster) =>
    squaredLength(centers, cluster, dimensions),
  );
  for (let row = 0; row < labels.length; row++) {
    // |x - c|^2 = |x|^2 + |c|^2 - 2 x.c, and |x|^2 is the same for all centers.
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    let length = 0;
    const start = row * dimensions;
    for (let d = start; d < start + dimensions; d++) length += points[d]! * points[d]!;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const score = norms[cluster]! - 2 * product(points, start, centers, cluster * dimensions, dimensions);
      if (score >= least) continue;
      least = score;
      nearest = cluster;
    }
    labels[row] = nearest;
    distances[row] = Math.max(0, least + length);
  }
}

/** Four sums side by side, as the additions of one would wait for each other. One pair of array types only keeps it fast. */
function product(
  point: Float32Array,
  startOfPoint: number,
  center: Float64Array,
  startOfCenter: number,
  dimensions: number,
): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let d = 0;
  for (; d + 3 < dimensions; d += 4) {
    sum0 += point[startOfPoint + d]! * center[startOfCenter + d]!;
    sum1 += point[startOfPoint + d + 1]! * center[startOfCenter + d + 1]!;
    sum2 += point[startOfPoint + d + 2]! * center[startOfCenter + d + 2]!;
    sum3 += point[startOfPoint + d + 3]! * center[startOfCenter + d + 3]!;
  }
  for (; d < dimensions; d++) sum0 += point[startOfPoint + d]! * center[startOfCenter + d]!;
  return sum0 + sum1 + (sum2 + sum3);
}

function squaredLength(centers: Float64Array, cluster: number, dimensions: number): number {
  const center = centers.subarray(cluster * dimensions, (cluster + 1) * dimensions);
  return center.reduce((sum, value) => sum + value * value, 0);
}
