import { describe, expect, it } from 'vitest';

import { sinCosPositions } from './sin-cos-positions';

describe('sinCosPositions', () => {
  it('is the hand formula on a 1x2 grid with width 8', () => {
    // quarter = 2, w = [1, 10000^(-1/2)] = [1, 0.01]; patch 0 is (row 0, column 0), patch 1 is (row 0, column 1)
    const table = sinCosPositions({ grid: { rows: 1, columns: 2 }, width: 8 });
    const expected = [
      ...[0, 0, 0, 0, 0, 0, 0, 0], // class token
      ...[0, 0, 1, 1, 0, 0, 1, 1],
      ...[0.8414709848, 0.0099998333, 0.5403023059, 0.9999500004, 0, 0, 1, 1],
    ];
    expected.forEach((value, index) => {
      expect(table[index]).toBeCloseTo(value, 7); // float32 rounding of values up to 1: 6e-8
    });
  });

  it('gives the first half to the column and the second to the row on a rectangular grid', () => {
    const grid = { rows: 5, columns: 7 };
    const width = 12;
    const table = sinCosPositions({ grid, width, prefixTokens: 0 });
    expect(table.length).toBe(35 * 12);
    const half = (row: number, column: number, second: number) =>
      Array.from(table.subarray((row * 7 + column) * width + second * 6, (row * 7 + column) * width + second * 6 + 6));
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < 7; column++) {
        expect(half(row, column, 0)).toEqual(half(0, column, 0));
        expect(half(row, column, 1)).toEqual(half(row, 0, 1));
        if (row < 5 && column < 5) expect(half(row, column, 0)).toEqual(half(column, 0, 1));
      }
    }
    expect(new Set(Array.from({ length: 35 }, (_, p) => table.subarray(p * width, (p + 1) * width).join())).size).toBe(
      35,
    );
  });

  it('refuses widths that cannot hold two sines and two cosines', () => {
    expect(() => sinCosPositions({ grid: { rows: 2, columns: 3 }, width: 10 })).toThrow('multiple of 4, got 10');
  });
});
