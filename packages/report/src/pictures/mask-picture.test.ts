import { createPatchGrid, SemmaeError } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { maskColor, maskPicture } from './mask-picture';

const grid = createPatchGrid(2, 3);
const image = testPicture(10, 21); // patches of 5 x 7 pixels

function isMasked(y: number, x: number, masked: readonly number[]): boolean {
  return masked.includes(Math.floor(y / 5) * 3 + Math.floor(x / 7));
}

describe('maskPicture', () => {
  it('covers exactly the masked patches and leaves every other pixel as it was', () => {
    const masked = [1, 3, 5];
    const before = Uint8Array.from(image.pixels);
    const picture = maskPicture({ image, grid, masked: Int32Array.from(masked) });
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        const expected = isMasked(y, x, masked) ? maskColor : pixelAt(image, y, x);
        expect(pixelAt(picture, y, x)).toEqual([...expected]);
      }
    }
    expect(image.pixels).toEqual(before);
  });

  it('hatches with two tones, inside masked patches only', () => {
    const picture = maskPicture({ image, grid, masked: [4], cover: 'hatched' });
    const tones = new Set<string>();
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        if (isMasked(y, x, [4])) tones.add(pixelAt(picture, y, x).join());
        else expect(pixelAt(picture, y, x)).toEqual(pixelAt(image, y, x));
      }
    }
    expect(tones.size).toBe(2);
  });

  it('darkens dropped patches, so that they look like neither masked nor visible ones', () => {
    const [masked, dropped] = [[1], [0, 5]];
    const blue = [44, 40, 88];
    const picture = maskPicture({ image, grid, masked, dropped });
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 21; x++) {
        const [before, after] = [pixelAt(image, y, x), pixelAt(picture, y, x)];
        if (isMasked(y, x, masked)) expect(after).toEqual([...maskColor]);
        else if (isMasked(y, x, dropped))
          expect(after).toEqual(before.map((value, channel) => Math.round(value + (blue[channel]! - value) * 0.78)));
        else expect(after).toEqual(before);
      }
    }
    expect(() => maskPicture({ image, grid, masked, dropped: [1] })).toThrow(/name each patch once, got 1/);
  });

  it('is the image where nothing is masked', () => {
    expect(maskPicture({ image, grid, masked: [] })).toEqual(image);
  });

  it('refuses token numbers, repeated patches and grids that do not divide the image', () => {
    expect(() => maskPicture({ image, grid, masked: [6] })).toThrow(/patch numbers below 6, got 6; .*class token/);
    expect(() => maskPicture({ image, grid, masked: [2, 2] })).toThrow(/name each patch once, got 2/);
    const wrong = () => maskPicture({ image, grid: createPatchGrid(3, 3), masked: [] });
    expect(wrong).toThrow(SemmaeError);
    expect(wrong).toThrow('maskPicture: a grid of 3x3 patches must divide the image, got 10x21 pixels');
  });

  it('refuses pictures whose pixels do not have the length of their sides', () => {
    const broken = { ...image, pixels: image.pixels.subarray(1) };
    expect(() => maskPicture({ image: broken, grid, masked: [] })).toThrow(
      /image\.pixels must hold 630 values, got 629/,
    );
  });
});
