// Do the places of the parts tell where landmarks are? A secondary score: it says little about the outline of parts.

import { assertLength, SemmaeError } from '@semmae/core';

import { leastSquares } from './least-squares';

export interface LandmarkImages {
  /** Part centers of each image, [P * 2], as `centersOfParts` gives them. NaN = no such part here, which counts as its mean place. */
  centers: readonly ArrayLike<number>[];
  /** Landmarks of each image, [landmarks * 2]: x, y, in any unit. NaN = not visible. */
  landmarks: readonly ArrayLike<number>[];
  /** What errors in an image are divided by, in the landmarks' unit: its box, its side, the distance of the eyes. Default 1. */
  sizes?: ArrayLike<number>;
}

export interface LandmarkScores {
  /** Mean distance, divided by the image's size, over all visible landmarks of the test images; null without any. */
  error: number | null;
  /** The same for each landmark; null where it is never visible in the test images, or never was in training. */
  perLandmark: (number | null)[];
  /** Landmarks that the training images never show. They do not count in `error`. */
  untrained: number[];
  /** Landmarks whose equations were singular (fewer images than coordinates, or parts that move together) and got a ridge of 1e-6. */
  ridged: number[];
}

/**
 * Linear regression from part centers to each landmark, on the training images that show it; scored on the test images.
 *
 * Both sides are standardized with the statistics of these training images and regressed without intercept, which after
 * centering loses nothing: landmarks that are affine in the centers are found exactly.
 *
 * Reference: Hung et al., "SCOPS: Self-Supervised Co-Part Segmentation", §4.2, https://arxiv.org/abs/1905.01298. Choudhury
 * et al., https://arxiv.org/abs/2111.06349, find that it agrees poorly with the quality of a segmentation.
 */
export function landmarkRegression({ train, test }: { train: LandmarkImages; test: LandmarkImages }): LandmarkScores {
  const [coordinates, landmarkCount] = [train.centers[0]?.length ?? 0, (train.landmarks[0]?.length ?? 0) / 2];
  assertImages('train', train, coordinates, landmarkCount);
  assertImages('test', test, coordinates, landmarkCount);
  const sums = Array.from({ length: landmarkCount }, () => ({ distance: 0, count: 0 }));
  const untrained: number[] = [];
  const ridged: number[] = [];
  for (const [landmark, sum] of sums.entries()) {
    const seen = visibleImages(train, landmark);
    if (seen.length === 0) {
      untrained.push(landmark);
      continue;
    }
    const centers = standardization(seen.map((image) => train.centers[image]!));
    const places = standardization(seen.map((image) => place(train, image, landmark)));
    const { weights, ridged: singular } = leastSquares(
      seen.map((image) => centers.standardize(train.centers[image]!)),
      seen.map((image) => places.standardize(place(train, image, landmark))),
    );
    if (singular) ridged.push(landmark);
    for (const image of visibleImages(test, landmark)) {
      const input = centers.standardize(test.centers[image]!);
      const miss = place(test, image, landmark).map((value, axis) => {
        const predicted = input.reduce((total, coordinate, index) => total + coordinate * weights[index]![axis]!, 0);
        return places.restore(predicted, axis) - value;
      });
      sum.distance += Math.hypot(...miss) / (test.sizes?.[image] ?? 1);
      sum.count++;
    }
  }
  const [distance, count] = sums.reduce(([d, c], sum) => [d + sum.distance, c + sum.count], [0, 0]);
  return {
    error: count > 0 ? distance / count : null,
    perLandmark: sums.map((sum) => (sum.count > 0 ? sum.distance / sum.count : null)),
    untrained,
    ridged,
  };
}

function place({ landmarks }: LandmarkImages, image: number, landmark: number): number[] {
  return [landmarks[image]![2 * landmark]!, landmarks[image]![2 * landmark + 1]!];
}

function visibleImages(images: LandmarkImages, landmark: number): number[] {
  return [...images.landmarks.keys()].filter((image) => !place(images, image, landmark).some(Number.isNaN));
}

interface Standardization {
  /** Zero mean and unit deviation; NaN becomes the mean, 0. */
  standardize(values: ArrayLike<number>): number[];
  restore(value: number, column: number): number;
}

/** Statistics of each column, over rows where it is a number. A constant column keeps its scale. */
function standardization(rows: readonly ArrayLike<number>[]): Standardization {
  const columns = Array.from({ length: rows[0]!.length }, (_, column) => {
    const values = rows.map((row) => row[column]!).filter((value) => !Number.isNaN(value));
    const mean = values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length || 1);
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
  return {
    standardize: (values) =>
      columns.map(({ mean, deviation }, column) =>
        Number.isNaN(values[column]) ? 0 : (values[column]! - mean) / deviation,
      ),
    restore: (value, column) => value * columns[column]!.deviation + columns[column]!.mean,
  };
}

function assertImages(name: string, images: LandmarkImages, coordinates: number, landmarkCount: number): void {
  const where = 'landmarkRegression';
  assertLength(where, `${name}.landmarks`, images.landmarks, images.centers.length, 'one list per image');
  if (images.sizes) assertLength(where, `${name}.sizes`, images.sizes, images.centers.length, 'one size per image');
  for (const centers of images.centers) assertLength(where, `${name}.centers of an image`, centers, coordinates);
  for (const places of images.landmarks)
    assertLength(where, `${name}.landmarks of an image`, places, 2 * landmarkCount);
  for (const size of Array.from(images.sizes ?? [])) {
    if (!(size > 0)) throw new SemmaeError({ where, requirement: `${name}.sizes must be above 0`, got: size });
  }
}
