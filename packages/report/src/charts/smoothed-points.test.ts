import { describe, expect, it } from 'vitest';

import type { Point } from './series';
import { smoothedPoints } from './smoothed-points';

const falling: Point[] = Array.from({ length: 23 }, (_, step) => [step, 1 / (1 + step)]);

describe('smoothedPoints', () => {
  it('keeps constants from the first point on, changes nothing at 0, and follows the closed form', () => {
    const constant: Point[] = [
      [0, 4],
      [1, 4],
      [2, 4],
    ];
    for (const [index, [, y]] of smoothedPoints(constant, 0.9).entries())
      expect(y).toBeCloseTo(constant[index]![1], 12);
    expect(smoothedPoints(falling, 0)).toEqual(falling);
    const second = smoothedPoints(
      [
        [0, 1],
        [1, 3],
      ],
      0.5,
    )[1]!; // weights 1/4 and 1/2 over 3/4
    expect(second[1]).toBeCloseTo((0.25 * 1 + 0.5 * 3) / 0.75, 12);
  });
});
