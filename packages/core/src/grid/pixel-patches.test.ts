import { describe, expect, it } from 'vitest';

import { createPatchGrid } from './patch-grid';
import { pixelPatches } from './pixel-patches';

describe('pixelPatches', () => {
  it('gives each pixel to the patch of its center, so that patches differ by a pixel at most', () => {
    for (const [pixels, cells] of [
      [7, 2],
      [14, 7],
      [17, 5],
      [5, 5],
      [113, 13],
    ] as const) {
      const { rowStart, column } = pixelPatches(
        'here',
        new Uint8Array(pixels * 17),
        { height: pixels, width: 17 },
        createPatchGrid(cells, 3),
      );
      const rows = Array.from(rowStart, (start) => start / 3);
      for (let pixel = 0; pixel < pixels; pixel++) {
        const center = ((pixel + 0.5) * cells) / pixels;
        expect(rows[pixel]! <= center && center < rows[pixel]! + 1).toBe(true);
      }
      const sizes = Array.from({ length: cells }, (_, cell) => rows.filter((row) => row === cell).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBe(pixels % cells === 0 ? 0 : 1);
      expect([...column]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    }
  });
});
