import { describe, expect, it } from 'vitest';

import { createRng } from '../create-rng';
import type { Rng } from '../rng';
import { firstCenters } from './first-centers';
import { kMeans } from './k-means';

/** Points around `centers`, as many each as told. */
function clouds(centers: number[][], counts: number[], spread: number, rng: Rng): Float32Array {
  const rows = counts.flatMap((count, cluster) =>
    Array.from({ length: count }, () => centers[cluster]!.map((value) => value + spread * rng.normal())),
  );
  return Float32Array.from(rows.flat());
}

/** Least sum of squared distances to cluster means over all ways to split the points in two. */
function bestSplit(points: Float32Array, dimensions: number): number {
  const rows = points.length / dimensions;
  let least = Number.POSITIVE_INFINITY;
  for (let split = 0; split < 2 ** (rows - 1); split++) {
    let inertia = 0;
    for (const side of [0, 1]) {
      const members = Array.from({ length: rows }, (_, row) => row).filter((row) => ((split >> row) & 1) === side);
      for (let d = 0; d < dimensions; d++) {
        const values = members.map((row) => points[row * dimensions + d]!);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        inertia += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      }
    }
    least = Math.min(least, inertia);
  }
  return least;
}

describe('kMeans', () => {
  it('finds the best of all splits of a few points', () => {
    for (let seed = 0; seed < 10; seed++) {
      const points = Float32Array.from({ length: 11 * 3 }, createRng(seed).normal);
      const { inertia } = kMeans({
        points,
        dimensions: 3,
        clusterCount: 2,
        rng: createRng(5),
        restarts: 30,
        tolerance: 0,
      });
      // |x|^2 + |c|^2 - 2 x.c in doubles
      expect(inertia).toBeCloseTo(bestSplit(points, 3), 10);
    }
  });

  it('finds clouds that lie apart, with and without a sample', () => {
    const centers = [
      [0, 0, 0, 0, 0],
      [9, 0, 0, 0, 0],
      [0, 9, 0, 0, 9],
    ];
    const points = clouds(centers, [7, 13, 29], 0.5, createRng(3));
    for (const sampleSize of [49, 31]) {
      const clusters = kMeans({ points, dimensions: 5, clusterCount: 3, rng: createRng(1), sampleSize, tolerance: 0 });
      const { labels } = clusters;
      expect(clusters.assign(points)).toEqual(labels);
      const ids = [labels[0], labels[7], labels[20]];
      expect(new Set(ids).size).toBe(3);
      expect(Array.from(labels)).toEqual([7, 13, 29].flatMap((count, cloud) => Array(count).fill(ids[cloud])));
      // At rest, centers are means: here of the middle cloud.
      const mean =
        points
          .subarray(7 * 5, 20 * 5)
          .filter((_, index) => index % 5 === 0)
          .reduce((a, b) => a + b) / 13;
      expect(clusters.centers[ids[1]! * 5]).toBeCloseTo(mean, 5); // the sum above is in float32
    }
  });

  it('assigns by the distance of the definition', () => {
    const rng = createRng(7);
    const points = Float32Array.from({ length: 53 * 7 }, rng.normal);
    const clusters = kMeans({ points, dimensions: 7, clusterCount: 5, rng });
    const others = Float32Array.from({ length: 31 * 7 }, rng.normal);
    const distances = (row: number) =>
      [0, 1, 2, 3, 4].map((cluster) =>
        [0, 1, 2, 3, 4, 5, 6].reduce(
          (sum, d) => sum + (others[row * 7 + d]! - clusters.centers[cluster * 7 + d]!) ** 2,
          0,
        ),
      );
    clusters.assign(others).forEach((label, row) => {
      expect(distances(row)[label]).toBe(Math.min(...distances(row)));
    });
  });

  it('sees directions only, for cosine', () => {
    const rng = createRng(11);
    const points = clouds(
      [
        [5, 0, 0],
        [0, 5, 0],
      ],
      [17, 19],
      0.3,
      rng,
    );
    const scaled = points.map((value, index) => value * 2 ** (Math.floor(index / 3) % 7));
    const options = { dimensions: 3, clusterCount: 2, distance: 'cosine' } as const;
    const [plain, stretched] = [points, scaled].map((values) =>
      kMeans({ ...options, points: values, rng: createRng(1) }),
    );
    expect(plain!.assign(scaled)).toEqual(stretched!.assign(points));
    // float32 directions, of the same points up to powers of two
    expect(plain!.inertia).toBeCloseTo(stretched!.inertia, 5);
    expect(Math.hypot(...plain!.centers.subarray(0, 3))).toBeCloseTo(1, 12);
    expect(new Set(plain!.assign(points).subarray(0, 17)).size).toBe(1);
  });

  it('repeats itself for one seed', () => {
    const points = Float32Array.from({ length: 97 * 2 }, createRng(1).normal);
    const run = (seed: number) => kMeans({ points, dimensions: 2, clusterCount: 7, rng: createRng(seed), restarts: 1 });
    expect(run(3).centers).toEqual(run(3).centers);
    expect(run(3).centers).not.toEqual(run(4).centers);
  });

  it('copes with fewer distinct points than clusters', () => {
    const points = Float32Array.of(1, 1, 1, 1, 5, 5);
    const clusters = kMeans({ points, dimensions: 1, clusterCount: 4, rng: createRng(2) });
    expect(clusters.inertia).toBe(0);
    const labels = clusters.assign(Float32Array.of(1, 5));
    expect(labels[0]).not.toBe(labels[1]);
  });

  it('names what is wrong', () => {
    const fit = (change: object) => () =>
      kMeans({ points: new Float32Array(6), dimensions: 2, clusterCount: 2, rng: createRng(1), ...change });
    expect(fit({ points: Float32Array.of(1, 2, 3, Number.NaN) })).toThrow(
      'kMeans: points must be finite, got NaN in row 1',
    );
    expect(fit({ points: new Float32Array(5) })).toThrow('points must hold rows of 2 values, got 5 values');
    expect(fit({ clusterCount: 4 })).toThrow('there must be at least 4 points, one per cluster, got 3');
    expect(fit({ clusterCount: 256 })).toThrow('clusterCount must be between 1 and 255, got 256');
  });
});

describe('firstCenters', () => {
  it('draws far points with odds of their squared distance', () => {
    // From 0 the others lie at 1 and 3: odds 1 to 9. From 1: 1 to 4. From 3: 9 to 4. First center uniform.
    const points = Float32Array.of(0, 1, 3);
    let farEnds = 0;
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      const pair = firstCenters(points, 1, 2, createRng(draw));
      if (pair.includes(0) && pair.includes(3)) farEnds++;
    }
    const chance = (9 / 10 + 9 / 13) / 3;
    // four standard deviations of a binomial
    expect(Math.abs(farEnds / draws - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / draws));
  });
});
