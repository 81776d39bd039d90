// Reads an image file, or pixels, as upright sRGB at a fixed size.

import type { ImageSize } from '@semmae/core';
import sharp, { type Sharp } from 'sharp';

import type { ImageForm } from '../image-form';
import type { RawImage } from '../sources/image-source';
import { frameImage } from '../views/frame-image';
import { framedCrop } from '../views/framed-crop';
import { resample } from '../views/resample';
import { fullView } from '../views/view';
import { Undecodable } from './undecodable';

export interface DecodedImage extends ImageSize {
  channels: number;
  /** RGB in 0..255, [height, width, 3]. */
  pixels: Uint8Array;
  /** Size in the file, after EXIF rotation. */
  source: ImageSize;
}

/**
 * Decodes, turns upright (EXIF), converts to sRGB (transparency over white) and brings to size: as `framing` says, or else
 * libvips resizes bicubically to cover the size, and the center is cropped. Throws Undecodable on damaged and on truncated files:
 * libvips would otherwise fill what is missing with gray.
 */
export async function decodeImage(image: Uint8Array | RawImage, form: ImageForm): Promise<DecodedImage> {
  try {
    return await decode(image, form);
  } catch (error) {
    throw new Undecodable(/premature|truncat|unexpected end/i.test(String(error)) ? 'truncated' : 'corrupt', error);
  }
}

async function decode(image: Uint8Array | RawImage, { imageSize, framing }: ImageForm): Promise<DecodedImage> {
  const file = open(image);
  const { width, height } = (await file.metadata()).autoOrient;
  const source = { width, height };
  const target = imageSize ?? source;
  const decoded = (pixels: Uint8Array) => ({ ...target, channels: 3, pixels, source });
  const upright = file.autoOrient().flatten({ background: 'white' }).toColorspace('srgb');
  if (framing !== undefined) {
    return decoded(frameImage({ ...source, pixels: await rawPixels(upright) }, target, framing));
  }
  const { resized, top, left } = framedCrop(source, target);
  if (resized.height > height || resized.width > width) {
    return decoded(enlarge(await rawPixels(upright), source, target));
  }
  const cropped = upright
    .resize(resized.width, resized.height, { fit: 'fill', kernel: 'cubic' })
    .extract({ top, left, width: target.width, height: target.height });
  return decoded(await rawPixels(cropped));
}

function open(image: Uint8Array | RawImage): Sharp {
  if (image instanceof Uint8Array) return sharp(image, { failOn: 'warning' });
  const { width, height, channels, pixels } = image;
  return sharp(pixels, { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } });
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
