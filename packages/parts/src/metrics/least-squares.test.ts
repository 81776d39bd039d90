import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { leastSquares } from './least-squares';

const rng = createRng(13);
const normals = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.normal()));
const times = (a: number[][], b: number[][]) =>
  a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)));

describe('leastSquares', () => {
  it('finds the weights that made the targets', () => {
    const [inputs, weights] = [normals(17, 5), normals(5, 2)];
    const fit = leastSquares(inputs, times(inputs, weights));
    expect(fit.ridged).toBe(false);
    // doubles, through the squared condition of the inputs
    fit.weights.forEach((row, r) => {
      row.forEach((weight, c) => {
        expect(weight).toBeCloseTo(weights[r]![c]!, 11);
      });
    });
  });

  it('leaves an error that no input explains', () => {
    const [inputs, targets] = [normals(19, 3), normals(19, 2)];
    const predicted = times(inputs, leastSquares(inputs, targets).weights);
    const turned = inputs[0]!.map((_, column) => inputs.map((row) => row[column]!));
    const errors = targets.map((row, r) => row.map((value, c) => value - predicted[r]![c]!));
    // zero up to doubles
    for (const product of times(turned, errors).flat()) expect(Math.abs(product)).toBeLessThan(1e-12);
  });

  it('shares the weight among inputs that are the same', () => {
    const fit = leastSquares(
      [
        [1, 1],
        [2, 2],
        [-1, -1],
      ],
      [[4], [8], [-4]],
    );
    expect(fit.ridged).toBe(true);
    // the ridge of a millionth
    for (const [weight] of fit.weights) expect(weight).toBeCloseTo(2, 5);
    expect(leastSquares([[0, 0]], [[3]]).weights).toEqual([[0], [0]]);
  });
});
