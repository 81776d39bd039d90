// Pictures as PNG files.

import sharp from 'sharp';

import { assertPicture, type Picture } from './picture';

/** PNG bytes of a picture, lossless; the same picture gives the same bytes with the same version of sharp. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  assertPicture('encodePng', 'picture', picture);
  const { height, width, pixels } = picture;
  const buffer = await sharp(pixels, { raw: { height, width, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
