// Reads an image file as upright sRGB at a fixed size.

import sharp from 'sharp';

import { coverCrop, type Size } from './cover-crop';

export interface DecodedImage {
  /** RGB in 0..255, [height, width, 3] of the target size. */
  pixels: Uint8Array;
  /** Size in the file, after EXIF rotation. */
  source: Size;
}

/**
 * Decodes, turns upright (EXIF), converts to sRGB (transparency over white), resizes bicubically to cover `target` and
 * crops the centre. Throws on damaged and on truncated files: libvips would otherwise fill what is missing with grey.
 */
export async function decodeImage(path: string, target: Size): Promise<DecodedImage> {
  const file = sharp(path, { failOn: 'warning' });
  const { width, height } = (await file.metadata()).autoOrient;
  const { resized, top, left } = coverCrop({ width, height }, target);
  const pixels = await file
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(resized.width, resized.height, { fit: 'fill', kernel: 'cubic' })
    .extract({ top, left, width: target.width, height: target.height })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return { pixels: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), source: { width, height } };
}
