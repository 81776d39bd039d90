// The inner loop of k-means: which centre each point is nearest to.

/**
 * Writes the nearest centre of each point into `labels` [M] (ties: the lowest) and its squared distance into `distances` [M].
 * `points` [M * D]; `centres` [K * D].
 */
export function nearestCentres(
  points: Float32Array,
  dimensions: number,
  centres: Float64Array,
  labels: Uint8Array,
  distances: Float64Array,
): void {
  const clusterCount = centres.length / dimensions;
  const norms = Float64Array.from({ length: clusterCount }, (_, cluster) =>
    dot(centres, cluster, centres, cluster, dimensions),
  );
  for (let row = 0; row < labels.length; row++) {
    // |x - c|^2 = |x|^2 + |c|^2 - 2 x.c, and |x|^2 is the same for all centres.
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const score = norms[cluster]! - 2 * dot(points, row, centres, cluster, dimensions);
      if (score >= least) continue;
      least = score;
      nearest = cluster;
    }
    labels[row] = nearest;
    distances[row] = Math.max(0, least + dot(points, row, points, row, dimensions));
  }
}

type Rows = Float32Array | Float64Array;

/** Four sums side by side: the additions of one would wait for each other. */
function dot(a: Rows, rowOfA: number, b: Rows, rowOfB: number, dimensions: number): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  const [startA, startB] = [rowOfA * dimensions, rowOfB * dimensions];
  let d = 0;
  for (; d + 3 < dimensions; d += 4) {
    sum0 += a[startA + d]! * b[startB + d]!;
    sum1 += a[startA + d + 1]! * b[startB + d + 1]!;
    sum2 += a[startA + d + 2]! * b[startB + d + 2]!;
    sum3 += a[startA + d + 3]! * b[startB + d + 3]!;
  }
  for (; d < dimensions; d++) sum0 += a[startA + d]! * b[startB + d]!;
  return sum0 + sum1 + (sum2 + sum3);
}
