// A picture in which every pixel is its own color, so that no misplaced pixel passes a test.

import type { Picture } from '../pictures/picture';

/** Pixel p is [p % 251, floor(p / 251), 7]: distinct up to 64,256 pixels. */
export function testPicture(height: number, width: number): Picture {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return [pixel % 251, Math.floor(pixel / 251), 7][index % 3]!;
  });
  return { height, width, pixels };
}

/** The color at row y, column x. */
export function pixelAt({ pixels, width }: Picture, y: number, x: number): number[] {
  return Array.from(pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
}
