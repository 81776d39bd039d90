import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { consistencyCrop, consistencyCropSource } from './consistency-crop';

/** Every pixel and label tells its place. */
function placedImage(id: string, height: number, width: number) {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return [Math.floor(pixel / width), pixel % width, 7][index % 3]!;
  });
  return {
    id,
    height,
    width,
    channels: 3,
    pixels,
    parts: Uint8Array.from({ length: height * width }, (_, pixel) => pixel % 251),
  };
}

describe('consistencyCrop', () => {
  it('cuts three quarters of each side, pixels and labels alike, somewhere else for another name', () => {
    const places = new Set<string>();
    for (let index = 0; index < 20; index++) {
      const crop = consistencyCrop(placedImage(`image ${index}`, 20, 28));
      expect([crop.height, crop.width, crop.pixels.length, crop.parts!.length]).toEqual([15, 21, 945, 315]);
      const [top, left] = crop.pixels;
      places.add(`${top} ${left}`);
      for (let pixel = 0; pixel < 315; pixel++) {
        const [row, column] = [top! + Math.floor(pixel / 21), left! + (pixel % 21)];
        expect([crop.pixels[3 * pixel], crop.pixels[3 * pixel + 1]]).toEqual([row, column]);
        expect(crop.parts![pixel]).toBe((row * 28 + column) % 251);
      }
    }
    expect(places.size).toBeGreaterThan(10);
    expect(consistencyCrop(placedImage('a', 20, 28))).toEqual(consistencyCrop(placedImage('a', 20, 28)));
  });

  it('knows which patch shows the same place', () => {
    const grid = createPatchGrid(5, 7);
    const image = placedImage('image 3', 20, 28);
    const { pixels } = consistencyCrop(image);
    const source = consistencyCropSource(image, grid);
    for (let patch = 0; patch < 35; patch++) {
      // patches of 3 x 3 pixels in the crop, 4 x 4 in the image; the center pixel of the former lies in the latter
      const center = (Math.floor(patch / 7) * 3 + 1) * 21 + (patch % 7) * 3 + 1;
      const [row, column] = [pixels[3 * center]! + 0.5, pixels[3 * center + 1]! + 0.5];
      expect(source[patch]).toBe(Math.floor(row / 4) * 7 + Math.floor(column / 4));
    }
  });
});
