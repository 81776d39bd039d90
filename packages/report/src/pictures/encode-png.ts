// Pictures as PNG files.

import { assertRange } from '@semmae/core';
import sharp from 'sharp';

import { assertPicture, type Picture } from './picture';

export interface EncodePngOptions {
  /** 2 to 256: reduces the picture to so many colors of its own, at about a third of the size. Default: all, lossless. */
  colors?: number;
}

/** PNG bytes of a picture, lossless unless `colors` is given; the same picture gives the same bytes with the same version of sharp. */
export async function encodePng(picture: Picture, { colors }: EncodePngOptions = {}): Promise<Uint8Array> {
  assertPicture('encodePng', 'picture', picture);
  if (colors !== undefined) assertRange('encodePng', 'colors', colors, 2, 256);
  const { height, width, pixels } = picture;
  const buffer = await sharp(pixels, { raw: { height, width, channels: 3 } })
    .png({ compressionLevel: 9, ...(colors !== undefined && { palette: true, colors, effort: 10, dither: 0 }) })
    .toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
