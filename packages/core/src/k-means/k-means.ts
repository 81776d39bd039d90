// k-means over many points on one core.

import { assertInteger, assertOneOf, assertRange } from '../checks';
import type { Rng } from '../rng';
import { SemmaeError } from '../semmae-error';
import { firstCenters } from './first-centers';
import { nearestCenters } from './nearest-centers';

export interface KMeansOptions {
  /** Row after row, [R * D], finite. */
  points: Float32Array;
  /** D. */
  dimensions: number;
  /** At most 255. */
  clusterCount: number;
  rng: Rng;
  /** `cosine` clusters directions: points and centers are scaled to length 1. Default 'euclidean'. */
  distance?: 'euclidean' | 'cosine';
  /** Runs from other first centers; the best is kept. Default 3. */
  restarts?: number;
  /** Most points that restarts look at, drawn at random; the best run then goes on with all points. Default 8192. */
  sampleSize?: number;
  /** Most rounds of a run. Default 100. */
  iterations?: number;
  /** A run ends when a round lowers the inertia by no more than this share of it. Default 1e-4; 0 runs until nothing changes. */
  tolerance?: number;
}

export interface KMeans {
  /** [P * D]; of length 1 each for `cosine`. */
  centers: Float64Array;
  /** Sum of squared distances of the points to their centers; for `cosine`, of directions. */
  inertia: number;
  /** Cluster 0 .. P - 1 of each of the points, [R]. */
  labels: Uint8Array;
  /** Cluster 0 .. P - 1 of other points, [R * D] -> [R]; ties: the lowest. */
  assign(points: Float32Array): Uint8Array;
}

/** Lloyd's rounds from k-means++ centers. A cluster that loses all its points restarts at the point farthest from its center. */
export function kMeans(options: KMeansOptions): KMeans {
  const { dimensions, clusterCount, rng, distance = 'euclidean', restarts = 3 } = options;
  const { sampleSize = 8192, iterations = 100, tolerance = 1e-4 } = options;
  assertInteger('kMeans', 'clusterCount', clusterCount);
  assertRange('kMeans', 'clusterCount', clusterCount, 1, 255);
  assertInteger('kMeans', 'restarts', restarts);
  assertInteger('kMeans', 'sampleSize', sampleSize, { least: clusterCount });
  assertInteger('kMeans', 'iterations', iterations);
  assertRange('kMeans', 'tolerance', tolerance, 0, 1);
  assertOneOf('kMeans', 'distance', distance, ['euclidean', 'cosine']);
  const spherical = distance === 'cosine';
  const points = checkedPoints(options.points, dimensions, spherical);
  if (points.length < clusterCount * dimensions) {
    const requirement = `there must be at least ${clusterCount} points, one per cluster`;
    throw new SemmaeError({ where: 'kMeans', requirement, got: points.length / dimensions });
  }

  const settings = { dimensions, spherical, iterations, tolerance };
  const sample = drawRows(points, dimensions, sampleSize, rng.split('sample'));
  const runs = Array.from({ length: restarts }, (_, restart) => {
    const first = firstCenters(sample, dimensions, clusterCount, rng.split('restart', restart));
    return lloyd(sample, first, settings);
  });
  const best = runs.reduce((least, run) => (run.inertia < least.inertia ? run : least));
  const { centers, labels, inertia } = sample === points ? best : lloyd(points, best.centers, settings);
  return {
    centers,
    labels,
    inertia,
    assign(others) {
      const rows = others.length / dimensions;
      const assigned = new Uint8Array(rows);
      const checked = checkedPoints(others, dimensions, spherical);
      nearestCenters(checked, dimensions, centers, assigned, new Float64Array(rows));
      return assigned;
    },
  };
}

/** `count` different rows at random, or all of them as they are. */
function drawRows(points: Float32Array, dimensions: number, count: number, rng: Rng): Float32Array {
  const rows = points.length / dimensions;
  if (rows <= count) return points;
  const drawn = new Float32Array(count * dimensions);
  rng
    .permutation(rows)
    .subarray(0, count)
    .forEach((row, index) => {
      drawn.set(points.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions);
    });
  return drawn;
}

type Clustering = Omit<KMeans, 'assign'>;

interface LloydSettings {
  dimensions: number;
  spherical: boolean;
  iterations: number;
  tolerance: number;
}

function lloyd(points: Float32Array, first: Float64Array, settings: LloydSettings): Clustering {
  const { dimensions, spherical, iterations, tolerance } = settings;
  const labels = new Uint8Array(points.length / dimensions);
  const distances = new Float64Array(labels.length);
  let centers = first;
  let inertia = Number.POSITIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    nearestCenters(points, dimensions, centers, labels, distances);
    const total = distances.reduce((sum, distance) => sum + distance, 0);
    const gain = inertia - total;
    inertia = total;
    if (iteration === iterations || gain <= tolerance * inertia) return { centers, labels, inertia };
    centers = meansOfClusters(points, dimensions, centers.length / dimensions, labels, distances);
    if (spherical) scaleToLengthOne(centers, dimensions);
  }
}

function meansOfClusters(
  points: Float32Array,
  dimensions: number,
  clusterCount: number,
  labels: Uint8Array,
  distances: Float64Array,
): Float64Array {
  const means = new Float64Array(clusterCount * dimensions);
  const counts = new Float64Array(clusterCount);
  for (let row = 0; row < labels.length; row++) {
    const [point, mean] = [row * dimensions, labels[row]! * dimensions];
    counts[labels[row]!]!++;
    for (let d = 0; d < dimensions; d++) means[mean + d]! += points[point + d]!;
  }
  counts.forEach((count, cluster) => {
    const mean = means.subarray(cluster * dimensions, (cluster + 1) * dimensions);
    if (count > 0) {
      for (let d = 0; d < dimensions; d++) mean[d]! /= count;
      return;
    }
    const farthest = distances.reduce((best, distance, row) => (distance > distances[best]! ? row : best), 0);
    mean.set(points.subarray(farthest * dimensions, (farthest + 1) * dimensions));
    distances[farthest] = 0; // The next empty cluster takes another one.
  });
  return means;
}

/** The points, or their directions; a point without length stays where it is. */
function checkedPoints(points: Float32Array, dimensions: number, spherical: boolean): Float32Array {
  assertInteger('kMeans', 'dimensions', dimensions);
  if (points.length % dimensions !== 0) {
    const requirement = `points must hold rows of ${dimensions} values`;
    throw new SemmaeError({ where: 'kMeans', requirement, got: `${points.length} values` });
  }
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const got = `${points[bad]} in row ${Math.floor(bad / dimensions)}`;
    throw new SemmaeError({ where: 'kMeans', requirement: 'points must be finite', got });
  }
  if (!spherical) return points;
  const directions = points.slice();
  scaleToLengthOne(directions, dimensions);
  return directions;
}

function scaleToLengthOne(rows: Float32Array | Float64Array, dimensions: number): void {
  for (let start = 0; start < rows.length; start += dimensions) {
    let square = 0;
    for (let d = start; d < start + dimensions; d++) square += rows[d]! * rows[d]!;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 1;
    for (let d = start; d < start + dimensions; d++) rows[d]! *= scale;
  }
}
