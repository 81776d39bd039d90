import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt } from '../__fixtures__/test-picture';
import { mappedColor } from '../pictures/color-map';
import { cellNumbers } from './cell-numbers';
import { neverHiddenColor } from './frequency-cells';
import { maskHeatMap } from './mask-heat-map';
import { countTile, frequencyTile } from './masking-tiles';

const grid = createPatchGrid(2, 3);
const frequency = [0, 0.25, 0.5, 0.75, 0.004, 1];

describe('frequencyTile', () => {
  it('draws every patch in its color on the scale 0..1, and those that are never hidden outside of it', async () => {
    const picture = await frequencyTile({ grid, frequency, cellSize: 5 }); // too small for marks
    expect([picture.height, picture.width]).toEqual([10, 15]);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 15; x++) {
        const share = frequency[Math.floor(y / 5) * 3 + Math.floor(x / 5)]!;
        const color = share === 0 ? neverHiddenColor : mappedColor(share, 'viridis');
        expect(pixelAt(picture, y, x)).toEqual([...color]);
      }
    }
  });

  it('marks never and always where cells are large enough, and nothing else', async () => {
    const picture = await frequencyTile({ grid, frequency, cellSize: 11 });
    const middle = (patch: number) =>
      pixelAt(picture, Math.floor(patch / 3) * 11 + 5, (patch % 3) * 11 + 5) as [number, number, number];
    expect(middle(0)[0]).toBeLessThan(neverHiddenColor[0] - 20); // gray cross
    expect(middle(5)[0]).toBeLessThan(mappedColor(1, 'viridis')[0] - 20); // dark dot
    for (const patch of [1, 2, 3, 4]) expect(middle(patch)).toEqual([...mappedColor(frequency[patch]!, 'viridis')]);
  });

  it.each([
    [[0, 0.5], /^frequencyTile: frequency must hold 6 values, got 2; one value per patch/],
    [[0, 0, 0, 0, 1.5, 0], /frequency must lie in \[0, 1\], got 1.5 at patch 4; divide counts by the number of masks/],
    [[0, 0, Number.NaN, 0, 0, 0], /got NaN at patch 2/],
  ])('refuses %j', async (wrong, message) => {
    await expect(frequencyTile({ grid, frequency: wrong })).rejects.toThrow(message);
  });
});

describe('maskHeatMap', () => {
  it('is the same map with room for numbers around it', async () => {
    const map = await maskHeatMap({ grid, frequency, cellSize: 30 });
    expect(map.height).toBeGreaterThan(60);
    expect(map.width).toBeGreaterThan(300); // the scale needs it
    const [top, left] = [16 + 52 + 14, 16 + 26];
    frequency.forEach((share, patch) => {
      const corner = pixelAt(map, top + Math.floor(patch / 3) * 30 + 1, left + (patch % 3) * 30 + 1);
      expect(corner).toEqual([...(share === 0 ? neverHiddenColor : mappedColor(share, 'viridis'))]);
    });
    expect(pixelAt(map, 0, 0)).toEqual([255, 255, 255]);
  });

  it('writes whole percents into cells, and tells rarely from never', () => {
    const svg = cellNumbers([0, 0.25, 0.996, 0.755, 0.004, 1], grid, 30, { top: 0, left: 0 });
    const texts = [...svg.matchAll(/<text x="(\d+)" y="(\d+)".*?>([^<]*)<\/text>/g)].map(([, x, y, text]) => [
      x,
      y,
      text,
    ]);
    expect(texts).toEqual([
      ['45', '19', '25'],
      ['75', '19', '&gt;99'],
      ['15', '49', '76'],
      ['45', '49', '&lt;1'],
      ['75', '49', '100'],
    ]);
    expect(svg.match(/<path/g)).toHaveLength(1); // the cross of patch 0
  });

  it('leaves small cells without numbers', async () => {
    const { pixels, width } = await maskHeatMap({ grid, frequency: new Array(6).fill(0.5), cellSize: 25 });
    const color = mappedColor(0.5, 'viridis');
    for (let y = 82; y < 82 + 50; y++) {
      for (let x = 42; x < 42 + 75; x++) {
        for (const channel of [0, 1, 2] as const) expect(pixels[(y * width + x) * 3 + channel]).toBe(color[channel]);
      }
    }
  });
});

describe('countTile', () => {
  /** For each column of the bars, how many of its pixels are dark. */
  async function bars(counts: number[], width: number): Promise<number[]> {
    const { pixels } = await countTile({ grid, counts, height: 55, width });
    return Array.from({ length: width }, (_, x) => {
      let dark = 0;
      for (let y = 0; y < 40; y++) if (pixels[(y * width + x) * 3]! < 100) dark++;
      return dark;
    });
  }

  it('draws bars on the axis 0..N, the highest as high as there is room', async () => {
    const heights = await bars([0, 0, 10, 0, 5, 0, 0], 70); // seven bins of 10 pixels
    expect([5, 15, 25, 35, 45, 55, 65].map((x) => heights[x])).toEqual([0, 0, 38, 0, 19, 0, 0]);
  });

  it('joins counts where there are more of them than room', async () => {
    const heights = await bars([1, 0, 0, 0, 0, 0, 1], 9); // three bins
    expect([1, 4, 7].map((x) => heights[x])).toEqual([38, 0, 38]);
  });

  it.each([
    [[1, 2], /counts must hold 7 values, got 2; one entry for each number of hidden patches, 0 to N/],
    [[0, 0, 0, 0, 0, 0, 0], /counts must hold at least one mask, got 0/],
  ])('refuses %j', async (counts, message) => {
    await expect(countTile({ grid, counts, height: 55, width: 70 })).rejects.toThrow(message);
  });
});
