// A picture from the pixels that a data set delivers.

import { assertPicture, type Picture } from './picture';
import { selectBands, shownBands } from './shown-bands';

export interface PixelPictureOptions {
  readonly height: number;
  readonly width: number;
  /** Default 3. */
  readonly channels?: number;
  /** [H, W, channels], 0..255; floats are rounded. */
  readonly pixels: Uint8Array | Float32Array;
}

/**
 * Copies the pixels, so that drawing never touches the data set. A `LabeledImage` fits as it is; `bands` as `shownBands` takes them,
 * where there are not three channels.
 */
export function pixelPicture(
  { height, width, channels = 3, pixels }: PixelPictureOptions,
  bands?: readonly number[],
): Picture {
  const bytes = new Uint8Array(Uint8ClampedArray.from(pixels).buffer);
  const shown = shownBands(channels, bands);
  const asTheyAre = channels === 3 && bands === undefined;
  const picture = { height, width, pixels: asTheyAre ? bytes : selectBands(bytes, channels, shown) };
  assertPicture('pixelPicture', 'image', picture);
  return picture;
}
