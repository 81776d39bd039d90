import { createRng, type Rng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { landmarkRegression } from './landmark-regression';

const [parts, landmarks] = [3, 2];

/** Centers at random and landmarks that are affine in them. */
function affineWorld(rng: Rng) {
  const normals = (count: number) => Array.from({ length: count }, () => rng.normal());
  const slopes = Array.from({ length: 2 * landmarks }, () => normals(2 * parts));
  const offsets = normals(2 * landmarks);
  return (count: number) => {
    const centers = Array.from({ length: count }, () => normals(2 * parts));
    const places = centers.map((center) =>
      slopes.map((slope, axis) => slope.reduce((sum, weight, index) => sum + weight * center[index]!, offsets[axis]!)),
    );
    return { centers, landmarks: places };
  };
}

describe('landmarkRegression', () => {
  it('finds landmarks that are affine in the centers, whatever is visible', () => {
    const draw = affineWorld(createRng(2));
    const [train, test] = [draw(29), draw(11)];
    for (const image of [0, 3, 7, 19]) train.landmarks[image]!.fill(Number.NaN, 2, 4);
    test.landmarks[5]![0] = Number.NaN;
    const scores = landmarkRegression({ train, test });
    // The error of doubles through the normal equations.
    expect(scores.error).toBeLessThan(1e-12);
    expect(scores).toMatchObject({ untrained: [], ridged: [] });
  });

  it('measures distances by hand: parts that tell nothing leave the mean', () => {
    const centers = [
      [0.5, 0.5],
      [0.5, 0.5],
      [Number.NaN, Number.NaN],
    ];
    const train = {
      centers,
      landmarks: [
        [0, 0],
        [2, 0],
        [4, 0],
      ],
    };
    const test = {
      centers: centers.slice(0, 2),
      landmarks: [
        [2, 6],
        [5, 4],
      ],
      sizes: [2, 5],
    };
    const scores = landmarkRegression({ train, test });
    // All land on (2, 0): 6 and 5 away, over sizes 2 and 5.
    expect(scores).toEqual({ error: 2, perLandmark: [2], untrained: [], ridged: [0] });
  });

  it('is least squares: no other slope does better in training', () => {
    const rng = createRng(12);
    const train = {
      centers: Array.from({ length: 23 }, () => [rng.normal(), 0]),
      landmarks: Array.from({ length: 23 }, () => [rng.normal(), 0]),
    };
    // One used coordinate: covariance over variance, the schoolbook line.
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [x, y] = [train.centers.map((center) => center[0]!), train.landmarks.map((landmark) => landmark[0]!)];
    const slope =
      mean(x.map((value, i) => (value - mean(x)) * (y[i]! - mean(y)))) / mean(x.map((value) => (value - mean(x)) ** 2));
    const line = (value: number) => mean(y) + slope * (value - mean(x));
    const test = { centers: [[0.7, 0]], landmarks: [[line(0.7), 0]] };
    // The second coordinate never moves, so that the ridge of 1e-6 acts on the slope.
    expect(landmarkRegression({ train, test }).error).toBeLessThan(1e-5);
  });

  it('leaves out what was never seen', () => {
    const nan = Number.NaN;
    const images = {
      centers: [
        [0, 1],
        [1, 0],
        [2, 3],
      ],
      landmarks: [
        [nan, nan, 1, 1],
        [nan, nan, 2, 2],
        [nan, nan, 3, 3],
      ],
    };
    const test = { centers: [[0, 1]], landmarks: [[1, 1, nan, nan]] };
    expect(landmarkRegression({ train: images, test })).toEqual({
      error: null,
      perLandmark: [null, null],
      untrained: [0],
      ridged: [],
    });
  });

  it('says which list does not fit', () => {
    const train = { centers: [[0, 1]], landmarks: [[0, 1]] };
    expect(() => landmarkRegression({ train, test: { centers: [[0]], landmarks: [[0, 1]] } })).toThrow(
      'landmarkRegression: test.centers of an image must hold 2 values, got 1',
    );
    expect(() => landmarkRegression({ train, test: { ...train, sizes: [0] } })).toThrow(
      'test.sizes must be above 0, got 0',
    );
  });
});
