// A picture from the pixels that a data set delivers.

import { assertPicture, type Picture } from './picture';

export interface PixelPictureOptions {
  readonly height: number;
  readonly width: number;
  /** RGB [H, W, 3], 0..255; floats are rounded. */
  readonly pixels: Uint8Array | Float32Array;
}

/** Copies the pixels, so that drawing never touches the data set. A `LabeledImage` fits as it is. */
export function pixelPicture({ height, width, pixels }: PixelPictureOptions): Picture {
  const picture = { height, width, pixels: new Uint8Array(Uint8ClampedArray.from(pixels).buffer) };
  assertPicture('pixelPicture', 'image', picture);
  return picture;
}
