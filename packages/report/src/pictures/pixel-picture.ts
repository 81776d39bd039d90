// A picture from the 8-bit pixels that a data set delivers.

import { assertPicture, type Picture } from './picture';

/** Copies RGB pixels [H, W, 3], 0..255, so that drawing never touches the data set. A `LabeledImage` fits as it is. */
export function pixelPicture({ height, width, pixels }: Picture): Picture {
  assertPicture('pixelPicture', 'image', { height, width, pixels });
  return { height, width, pixels: Uint8Array.from(pixels) };
}
