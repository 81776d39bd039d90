import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { backgroundColor, partColor } from './part-palette';
import { partPicture } from './part-picture';

describe('partPicture', () => {
  it('draws pixel labels flat, each id in its color', () => {
    const labels = [0, 1, 2, 3, 2, 0];
    const picture = partPicture({ height: 2, width: 3, labels });
    for (const [pixel, id] of labels.entries()) {
      expect(pixelAt(picture, Math.floor(pixel / 3), pixel % 3)).toEqual([...partColor(id)]);
    }
    expect(pixelAt(picture, 0, 0)).toEqual([...backgroundColor]);
  });

  it('draws patch labels over whole patches', () => {
    const labels = Uint8Array.of(5, 1, 0, 2, 9, 24);
    const picture = partPicture({ height: 10, width: 21, labels, grid: createPatchGrid(2, 3) });
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        const id = labels[Math.floor(y / 5) * 3 + Math.floor(x / 7)]!;
        expect(pixelAt(picture, y, x)).toEqual([...partColor(id)]);
      }
    }
  });

  it('lays colors over the image by opacity', () => {
    const image = testPicture(2, 3);
    const labels = new Uint8Array(6).fill(4);
    expect(partPicture({ height: 2, width: 3, labels, image, opacity: 0 })).toEqual(image);
    expect(partPicture({ height: 2, width: 3, labels, image, opacity: 1 })).toEqual(
      partPicture({ height: 2, width: 3, labels }),
    );
    const half = partPicture({ height: 2, width: 3, labels, image, opacity: 0.5 });
    expect(pixelAt(half, 0, 2)).toEqual([
      Math.round((2 + 240) / 2),
      Math.round((0 + 228) / 2),
      Math.round((7 + 66) / 2),
    ]);
  });

  it('can draw id 0 as a part', () => {
    const picture = partPicture({ height: 1, width: 1, labels: [0], background: null });
    expect(pixelAt(picture, 0, 0)).not.toEqual([...backgroundColor]);
  });

  it('says what is wrong with labels', () => {
    expect(() => partPicture({ height: 2, width: 3, labels: [1, 2] })).toThrow(
      /labels must hold 6 values, got 2; give `grid`/,
    );
    expect(() => partPicture({ height: 1, width: 1, labels: [-1] })).toThrow(
      /labels must be an integer of at least 0, got -1/,
    );
    const image = testPicture(3, 3);
    expect(() => partPicture({ height: 1, width: 1, labels: [1], image })).toThrow(/image must be 1x1, got 3x3/);
  });
});
