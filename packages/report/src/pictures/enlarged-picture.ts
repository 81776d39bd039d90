// Nearest-neighbor enlargement: small images become legible and stay what they are.

import { assertInteger } from '@semmae/core';

import { assertPicture, type Picture } from './picture';

/** Every pixel becomes a square of `factor` x `factor` pixels. */
export function enlargedPicture(picture: Picture, factor: number): Picture {
  assertPicture('enlargedPicture', 'picture', picture);
  assertInteger('enlargedPicture', 'factor', factor);
  const height = picture.height * factor;
  const width = picture.width * factor;
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / factor) * picture.width + Math.floor(x / factor)) * 3;
      pixels.set(picture.pixels.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { height, width, pixels };
}
