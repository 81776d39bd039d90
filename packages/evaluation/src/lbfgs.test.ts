import { describe, expect, it } from 'vitest';

import { minimize } from './lbfgs';

describe('minimize', () => {
  it('finds the minimum of an ill-conditioned quadratic', async () => {
    const scales = [1, 10, 100, 1000, 1e4];
    let evaluations = 0;
    const found = await minimize({
      start: new Float64Array(5),
      tolerance: 1e-7,
      async evaluate(point) {
        evaluations += 1;
        const gradient = point.map((value, index) => scales[index]! * (value - index));
        return {
          value: point.reduce((sum, value, index) => sum + (scales[index]! / 2) * (value - index) ** 2, 0),
          gradient,
        };
      },
    });
    // A gradient of at most 1e-7 over a curvature of at least 1 bounds the distance.
    expect(Math.max(...found.map((value, index) => Math.abs(value - index)))).toBeLessThan(1e-6);
    expect(evaluations).toBeLessThan(100);
  });

  it('stays where it is at a minimum and stops when no step lowers the value', async () => {
    const start = Float64Array.from([3]);
    expect(await minimize({ start, evaluate: async () => ({ value: 1, gradient: Float64Array.from([0]) }) })).toBe(
      start,
    );
    expect(await minimize({ start, evaluate: async () => ({ value: 1, gradient: Float64Array.from([1]) }) })).toBe(
      start,
    );
  });
});
