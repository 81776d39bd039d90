// One picture laid onto another, pixel by pixel.

import type { Picture } from './picture';

/** Writes `picture` into `sheet` with its upper left corner at (top, left); it must lie inside. */
export function pastePicture(picture: Picture, sheet: Picture, top: number, left: number): void {
  for (let row = 0; row < picture.height; row++) {
    const line = picture.pixels.subarray(row * picture.width * 3, (row + 1) * picture.width * 3);
    sheet.pixels.set(line, ((top + row) * sheet.width + left) * 3);
  }
}
