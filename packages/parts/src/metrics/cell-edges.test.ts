import { describe, expect, it } from 'vitest';

import { cellEdges } from './cell-edges';

describe('cellEdges', () => {
  it('gives each pixel to the cell of its center', () => {
    for (const [pixels, cells] of [
      [7, 2],
      [14, 7],
      [17, 5],
      [5, 5],
      [113, 13],
    ] as const) {
      const edges = cellEdges(pixels, cells);
      expect([edges[0], edges[cells]]).toEqual([0, pixels]);
      for (let pixel = 0; pixel < pixels; pixel++) {
        const cell = Math.floor(((pixel + 0.5) * cells) / pixels);
        expect(pixel >= edges[cell]! && pixel < edges[cell + 1]!).toBe(true);
      }
    }
  });
});
