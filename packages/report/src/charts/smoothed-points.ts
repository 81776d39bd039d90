// Noisy curves made readable.

import { assertRange } from '@semmae/core';

import type { Point } from './series';

/**
 * Exponential moving average over points, without the bias towards the start: `smoothing` in [0, 1) is the weight of the
 * past per point, as in TensorBoard's slider. 0 changes nothing.
 */
export function smoothedPoints(points: readonly Point[], smoothing: number): Point[] {
  assertRange('smoothedPoints', 'smoothing', smoothing, 0, 0.999);
  let average = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    average = smoothing * average + (1 - smoothing) * y;
    weight = smoothing * weight + (1 - smoothing);
    return [x, average / weight];
  });
}
