// Reads an image file as upright sRGB at a fixed size.

import type { Framing, ImageSize } from '@semmae/core';
import sharp, { type Sharp } from 'sharp';

import { frameImage } from '../views/frame-image';
import { framedCrop } from '../views/framed-crop';
import { resample } from '../views/resample';
import { fullView } from '../views/view';

export interface DecodedImage {
  /** RGB in 0..255, [height, width, 3] of the target size. */
  pixels: Uint8Array;
  /** Size in the file, after EXIF rotation. */
  source: ImageSize;
}

/**
 * Decodes, turns upright (EXIF), converts to sRGB (transparency over white) and brings to size: as `framing` says, or else
 * libvips resizes bicubically to cover `target`, and the center is cropped. Throws on damaged and on truncated files: libvips
 * would otherwise fill what is missing with gray.
 */
export async function decodeImage(path: string, target: ImageSize, framing?: Framing): Promise<DecodedImage> {
  const file = sharp(path, { failOn: 'warning' });
  const { width, height } = (await file.metadata()).autoOrient;
  const source = { width, height };
  const upright = file.autoOrient().flatten({ background: 'white' }).toColorspace('srgb');
  if (framing !== undefined) {
    return { pixels: frameImage({ ...source, pixels: await rawPixels(upright) }, target, framing), source };
  }
  const { resized, top, left } = framedCrop(source, target);
  if (resized.height > height || resized.width > width) {
    return { pixels: enlarge(await rawPixels(upright), source, target), source };
  }
  const cropped = upright
    .resize(resized.width, resized.height, { fit: 'fill', kernel: 'cubic' })
    .extract({ top, left, ...target });
  return { pixels: await rawPixels(cropped), source };
}

/** libvips 8.18 enlarges with an offset of half a target pixel, which would part images from their part maps. */
function enlarge(pixels: Uint8Array, source: ImageSize, target: ImageSize): Uint8Array {
  const { resized, top, left } = framedCrop(source, target);
  const image = { width: source.width, pixels };
  const large = resample(image, fullView(source), { ...resized, interpolation: 'bicubic' });
  const cropped = new Uint8Array(target.height * target.width * 3);
  for (let y = 0; y < target.height; y++) {
    const start = 3 * ((top + y) * resized.width + left);
    cropped.set(large.subarray(start, start + 3 * target.width).map(Math.round), 3 * y * target.width);
  }
  return cropped;
}

async function rawPixels(image: Sharp): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await image.raw().toBuffer();
  return new Uint8Array(buffer, byteOffset, byteLength);
}
