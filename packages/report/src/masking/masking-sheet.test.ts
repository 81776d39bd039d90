import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { mappedColor } from '../pictures/color-map';
import { maskPicture } from '../pictures/mask-picture';
import type { MaskingSummary } from './masking-card';
import { maskingSheet, sheetCellSize } from './masking-sheet';

const grid = createPatchGrid(7, 5);
const cell = sheetCellSize(grid);
const image = testPicture(7 * cell, 5 * cell);
const summary: MaskingSummary = {
  title: 'checks',
  detail: 'every second patch <or> the others',
  frequency: Float64Array.from({ length: 35 }, (_, patch) => (patch % 2 === 0 ? 0.5 : 0.25)),
  counts: Uint32Array.from({ length: 36 }, (_, count) => (count === 17 ? 8 : 0)),
  masks: [Int32Array.of(0, 2, 4), Int32Array.of(1, 3)],
};

/** Where each summary's heat map begins: two beside each other, or below. */
const top = 28 + 116 + 44;
const left = 28;
const cardWidth = 3 * (5 * cell + 8) + 112;

describe('maskingSheet', () => {
  it('draws the heat map and then the masks of the image, pixel by pixel', async () => {
    const sheet = await maskingSheet({ image, grid, strategies: [summary] });
    for (const patch of [0, 1, 12, 34]) {
      const [y, x] = [(Math.floor(patch / 5) + 0.5) * cell, ((patch % 5) + 0.5) * cell];
      expect(pixelAt(sheet, top + y, left + x)).toEqual([...mappedColor(summary.frequency[patch]!, 'viridis')]);
    }
    summary.masks.forEach((masked, index) => {
      const expected = maskPicture({ image, grid, masked });
      const start = left + (index + 1) * (5 * cell + 8);
      for (let y = 0; y < expected.height; y += 3) {
        for (let x = 0; x < expected.width; x += 3) {
          expect(pixelAt(sheet, top + y, start + x)).toEqual(pixelAt(expected, y, x));
        }
      }
    });
  });

  it('sets strategies beside each other, then below, without an empty column', async () => {
    const size = async (count: number, columns?: number) => {
      const strategies = Array.from({ length: count }, () => summary);
      const { height, width } = await maskingSheet({ image, grid, strategies, columns });
      return { height, width };
    };
    const one = await size(1);
    expect(one.width).toBe(2 * 28 + cardWidth);
    expect(await size(2)).toEqual({ height: one.height, width: one.width + 44 + cardWidth });
    const card = (await size(2, 1)).height - one.height;
    expect(await size(3)).toEqual({ height: one.height + card, width: one.width + 44 + cardWidth });
    expect((await size(5, 3)).height).toBe(one.height + card);
  });

  it('begins a row, and a heading above it, where a group begins', async () => {
    const height = async (...groups: (string | undefined)[]) =>
      (await maskingSheet({ image, grid, strategies: groups.map((group) => ({ ...summary, group })) })).height;
    const one = await height(undefined);
    const row = (await height(undefined, undefined, undefined)) - one;
    const heading = (await height('a')) - one;
    expect(heading).toBeGreaterThan(20);
    expect(await height('a', 'a')).toBe(one + heading);
    expect(await height('a', 'b')).toBe(one + row + 2 * heading);
    expect(await height('a', 'a', 'a', 'b')).toBe(one + 2 * row + 2 * heading);
  });

  it('sets key pictures right of the words, and below them on a narrow sheet', async () => {
    const key = testPicture(150, 20);
    const keyPictures = [image, key].map((picture) => ({ label: 'what is seen', picture }));
    const strategies = [summary, summary, summary];
    const words = 116;

    const wide = await maskingSheet({ image, grid, strategies, columns: 3, keyPictures });
    const right = wide.width - 28;
    expect(pixelAt(wide, 28 + 149, right - 20 + 19)).toEqual(pixelAt(key, 149, 19));
    expect(pixelAt(wide, 28, right - 20 - 8 - image.width)).toEqual(pixelAt(image, 0, 0));
    const plain = await maskingSheet({ image, grid, strategies, columns: 3 });
    expect(wide.height).toBe(plain.height + 150 + 24 + 20 - words);

    const narrow = await maskingSheet({ image, grid, strategies, columns: 1, keyPictures });
    expect(pixelAt(narrow, 28 + words, 28)).toEqual(pixelAt(image, 0, 0));
    expect(pixelAt(narrow, 28 + words + 149, 28 + image.width + 8 + 19)).toEqual(pixelAt(key, 149, 19));

    const picture = testPicture(2, 1000);
    await expect(
      maskingSheet({ image, grid, strategies, columns: 1, keyPictures: [{ label: '', picture }] }),
    ).rejects.toThrow(/key pictures must fit a sheet of \d+ pixels side by side, got 1000 pixels; make them smaller/);
  });

  it('makes patches of a size that keeps sheets small', () => {
    expect([createPatchGrid(14, 14), createPatchGrid(28, 14), createPatchGrid(200, 1)].map(sheetCellSize)).toEqual([
      8, 4, 2,
    ]);
  });

  it.each([
    [[], /^maskingSheet: strategies must not be empty, got none/],
    [[{ ...summary, frequency: [0.5] }], /^maskingSheet, "checks": frequency must hold 35 values, got 1/],
    [[{ ...summary, counts: [1] }], /^maskingSheet, "checks": counts must hold 36 values, got 1/],
    [
      [summary, { ...summary, title: 'short', masks: [] }],
      /^maskingSheet, "short": there must be as many example masks as "checks" has \(2\), got 0/,
    ],
    [[{ ...summary, masks: [[35], [1]] }], /masked must be patch numbers below 35, got 35/],
  ])('refuses what does not fit the grid', async (strategies, message) => {
    await expect(maskingSheet({ image, grid, strategies })).rejects.toThrow(message);
  });
});
